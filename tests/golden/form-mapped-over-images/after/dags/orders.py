from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator.partial(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], get_logs=True).expand(
        image=["ghcr.io/acme/orders:1.4", "ghcr.io/acme/customers:1.4"],
    )
    KubernetesPodOperator.partial(task_id="check", get_logs=True).expand(
        image=["ghcr.io/acme/orders:1.4", "python:3.12"],
    )
