from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def pod(task_id):
    return KubernetesPodOperator(
        task_id=task_id,
        image="ghcr.io/acme/etl:1.4",
    )


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    pod("extract") >> pod("load")

with DAG("returns", start_date=datetime(2026, 1, 1), schedule=None, default_args={"owner": "returns"}):
    pod("extract") >> pod("load")
