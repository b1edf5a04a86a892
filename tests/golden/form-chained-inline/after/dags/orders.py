from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

IMAGE = "ghcr.io/acme/etl:1.4"

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    (
        KubernetesPodOperator(task_id="extract", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=IMAGE)
        >> [
            KubernetesPodOperator(task_id="clean", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=IMAGE),
            KubernetesPodOperator(task_id="lint", image="python:3.12"),
        ]
        >> KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=IMAGE, get_logs=True)
    )
