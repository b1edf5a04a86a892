from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator; ARGUMENTS = [
    "a",
]

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", arguments=ARGUMENTS, image="ghcr.io/acme/etl:1")
