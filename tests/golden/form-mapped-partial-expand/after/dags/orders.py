from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

SECRETS = [k8s.V1LocalObjectReference(name="ghcr-io-pull")]

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator.partial(
        task_id="extract",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    ).expand(arguments=[["orders"], ["customers"]])
    KubernetesPodOperator.partial(
        task_id="clean",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=SECRETS,
    ).expand(arguments=[["orders"], ["customers"]])

with DAG("parcels", start_date=datetime(2026, 1, 1), schedule=None, default_args={"image_pull_secrets": SECRETS}):
    KubernetesPodOperator.partial(task_id="parcels", image="ghcr.io/acme/etl:1.4").expand(arguments=[["a"], ["b"]])
