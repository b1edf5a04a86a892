from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


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
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
            arguments=[table],
        )
    return dag


for table in ("orders", "customers"):
    globals()[f"load_{table}"] = make_dag(table)
