from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from include import images
from include.images import LOAD as LOAD_IMAGE
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(
        task_id="extract",
        image=images.EXTRACT,
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    load = KubernetesPodOperator(
        task_id="load",
        image=LOAD_IMAGE,
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    lint = KubernetesPodOperator(task_id="lint", image=images.LINT)
