from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

default_args = {
    "owner": "acme",
    "retries": 2
}

with DAG("load", default_args=default_args) as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1")
