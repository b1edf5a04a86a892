from datetime import datetime

from airflow import DAG
from kubernetes.client import models as k8s

from .operators import SalesOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    SalesOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        volumes=[k8s.V1Volume(name="scratch", empty_dir=k8s.V1EmptyDirVolumeSource())],
    )
