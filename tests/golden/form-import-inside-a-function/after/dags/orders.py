from datetime import datetime

from airflow import DAG
from kubernetes.client import models as k8s


def load(table):
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    return KubernetesPodOperator(
        task_id=f"load_{table}",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        arguments=[table],
    )


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"retries": 2}):
    load("orders") >> load("customers")
