from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    if (load := KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")):
        print(load.task_id)
