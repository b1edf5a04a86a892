from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

from include.pods import pod_params

POD = {
    "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    "get_logs": True,
}
params = pod_params(["ghcr-io-pull"])

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", **POD)
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", **params)
