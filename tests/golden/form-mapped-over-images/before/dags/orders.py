from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator.partial(task_id="load", get_logs=True).expand(
        image=["ghcr.io/acme/orders:1.4", "ghcr.io/acme/customers:1.4"],
    )
    KubernetesPodOperator.partial(task_id="check", get_logs=True).expand(
        image=["ghcr.io/acme/orders:1.4", "python:3.12"],
    )
