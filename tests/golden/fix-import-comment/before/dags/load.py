from airflow import DAG
from  airflow.providers.cncf.kubernetes.operators.kubernetes_pod  import  KubernetesPodOperator  as  Pod  # was operators.kubernetes_pod

with DAG("load") as dag:
    Pod(task_id="load", image="python:3.12")
