from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.job import KubernetesJobOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesJobOperator(
        task_id="extract",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        parallelism=4,
    )
    KubernetesJobOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
