from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", labels={"mood": "🙂🙃"}, image="ghcr.io/acme/etl:1")
