from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.kueue import KubernetesStartKueueJobOperator
from kubernetes.client import models as k8s

with DAG("train", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesStartKueueJobOperator(
        task_id="fit",
        queue_name="gpu",
        image="ghcr.io/acme/ml:2.0",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        suspend=True,
    )
