from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

GHCR = [k8s.V1LocalObjectReference(name="ghcr-io-pull")]


class EtlOperator(KubernetesPodOperator):
    def __init__(self, *, image="ghcr.io/acme/etl:1.4", image_pull_secrets=GHCR, **kwargs):
        super().__init__(image=image, image_pull_secrets=image_pull_secrets, **kwargs)


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EtlOperator(task_id="extract")
    EtlOperator(task_id="load", image="ghcr.io/acme/load:1.0")

with DAG(
    "returns",
    start_date=datetime(2026, 1, 1),
    schedule=None,
    default_args={"image_pull_secrets": [k8s.V1LocalObjectReference(name="other")]},
):
    EtlOperator(task_id="returns")
