from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def make_dag(table: str) -> DAG:
    with DAG(
        f"load_{table}",
        start_date=datetime(2026, 1, 1),
        schedule="@daily",
        catchup=False,
        default_args={"retries": 2},
    ) as dag:
        KubernetesPodOperator(
            task_id="load",
            image="ghcr.io/acme/etl:1.4",
            arguments=[table],
        )
    return dag


for table in ("orders", "customers"):
    globals()[f"load_{table}"] = make_dag(table)
