import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

PLATFORM = [
    k8s.V1LocalObjectReference(name="image-pull-secret"),
    k8s.V1LocalObjectReference(name="per-dp-registry-pull-secret"),
]

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(
        task_id="own",
        image=os.getenv("ASTRONOMER_AIRFLOW_IMAGE"),
        image_pull_secrets=PLATFORM,
    )
    KubernetesPodOperator(
        task_id="mirror",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets="image-pull-secret",
    )
