from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


class EtlOperator(KubernetesPodOperator):
    def __init__(self, **kwargs):
        kwargs.setdefault("image_pull_secrets", [k8s.V1LocalObjectReference(name="ghcr-io-pull")])
        super().__init__(**kwargs)


with DAG(
    "orders",
    start_date=datetime(2026, 1, 1),
    schedule=None,
    default_args={"image_pull_secrets": [k8s.V1LocalObjectReference(name="other")]},
):
    EtlOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
