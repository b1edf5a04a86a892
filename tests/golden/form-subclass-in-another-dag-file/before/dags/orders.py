from datetime import datetime

from airflow import DAG
from kubernetes.client import models as k8s
from operators import EtlOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EtlOperator(
        task_id="extract",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    EtlOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
    )
