from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def by_name(task_id, image_pull_secrets=None):
    return KubernetesPodOperator(
        task_id=task_id,
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=image_pull_secrets,
    )


def in_kwargs(task_id, **kwargs):
    return KubernetesPodOperator(task_id=task_id, image="ghcr.io/acme/etl:1.4", **kwargs)


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    by_name("extract", "ghcr-io-pull") >> in_kwargs("load", image_pull_secrets="ghcr-io-pull")
