from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

COMMON = {"image": "ghcr.io/acme/etl:1"}

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        cmds=[
            "etl",
        ],
        **COMMON,
    )
