from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

COMMON = {"task_id": "load", "image": "ghcr.io/acme/etl:1"}

with DAG("load") as dag:
    KubernetesPodOperator(
        **COMMON
    )
