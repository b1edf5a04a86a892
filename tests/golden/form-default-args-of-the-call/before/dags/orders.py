from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"image_pull_secrets": "other"}):
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        default_args={"image_pull_secrets": "ghcr-io-pull"},
    )
