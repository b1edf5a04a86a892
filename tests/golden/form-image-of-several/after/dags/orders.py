import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

PROD = os.getenv("STAGE") == "prod"
IMAGE = "python:3.12"
if PROD:
    IMAGE = "ghcr.io/acme/etl:1.4"

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="choose", image="ghcr.io/acme/etl:1.4" if PROD else "python:3.12")
    KubernetesPodOperator(task_id="stage", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1.4" if PROD else "ghcr.io/acme/etl:dev")
    KubernetesPodOperator(task_id="rebound", image=IMAGE)
    for name, image in [("a", "ghcr.io/acme/a:1.0"), ("b", "python:3.12")]:
        KubernetesPodOperator(task_id=f"run_{name}", image=image)
    for own in ["ghcr.io/acme/a:1.0", "ghcr.io/acme/b:1.0"]:
        KubernetesPodOperator(
            task_id=own.rpartition("/")[2].replace(":", "_"),
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
            image=own
        )
