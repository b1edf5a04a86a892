from datetime import datetime

from airflow.decorators import dag, task_group
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


@task_group
def load():
    KubernetesPodOperator(
        task_id="write",
        image="ghcr.io/acme/etl:1.4",
    )


@dag(start_date=datetime(2026, 1, 1), schedule=None, default_args={"retries": 2})
def orders():
    load()


orders()
