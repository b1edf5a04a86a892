from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG(
    "orders",
    start_date=datetime(2026, 1, 1),
    schedule=None,
    default_args={"image": "ghcr.io/acme/etl:1.4"},
):
    KubernetesPodOperator(task_id="extract")
    KubernetesPodOperator(task_id="lint", image="python:3.12")
