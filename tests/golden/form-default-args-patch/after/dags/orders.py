from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

default_args = {
    "owner": "data",
    "retries": 2,
    "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")],
}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args=default_args):
    extract = KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")
    load = KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
    extract >> load
