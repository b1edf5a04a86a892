from datetime import datetime

from airflow import DAG
from airflow.decorators import task_group
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.utils.task_group import TaskGroup

GHCR = {"image_pull_secrets": "ghcr-io-pull"}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"image_pull_secrets": "base"}):
    with TaskGroup("extract", default_args=GHCR):
        KubernetesPodOperator(task_id="read", image="ghcr.io/acme/etl:1.4")
        with TaskGroup("sealed", default_args={"image_pull_secrets": "ghcr-io-pull,sealed"}):
            KubernetesPodOperator(task_id="seal", image="ghcr.io/acme/etl:1.4")

    @task_group(default_args=GHCR)
    def load():
        KubernetesPodOperator(task_id="write", image="ghcr.io/acme/etl:1.4")

    load()
