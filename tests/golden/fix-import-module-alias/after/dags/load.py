from airflow import DAG
import airflow.providers.cncf.kubernetes.operators.pod as kubernetes_pod

with DAG("load") as dag:
    kubernetes_pod.KubernetesPodOperator(task_id="load", image="python:3.12")
