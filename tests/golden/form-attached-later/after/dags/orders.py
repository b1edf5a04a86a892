from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

dag = DAG(
    "orders",
    start_date=datetime(2026, 1, 1),
    schedule=None,
    default_args={"image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")]},
)

load = KubernetesPodOperator(
    task_id="load",
    image="ghcr.io/acme/etl:1.4",
    image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    start_date=datetime(2026, 1, 1),
)
dag.add_task(load)
