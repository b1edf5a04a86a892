from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.utils.task_group import TaskGroup

GHCR = {"image_pull_secrets": "ghcr-io-pull"}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args=GHCR):
    with TaskGroup("extract", default_args=GHCR), TaskGroup("orders"):
        KubernetesPodOperator(task_id="read", image="ghcr.io/acme/etl:1.4")

with DAG("returns", start_date=datetime(2026, 1, 1), schedule=None):
    with TaskGroup("load", default_args=GHCR):
        with TaskGroup("orders"):
            KubernetesPodOperator(task_id="write", image="ghcr.io/acme/etl:1.4")
