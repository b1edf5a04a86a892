from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


def pod(task_id):
    return KubernetesPodOperator(
        task_id=task_id,
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    pod("extract") >> pod("load")

with DAG("returns", start_date=datetime(2026, 1, 1), schedule=None, default_args={"owner": "returns"}):
    pod("extract") >> pod("load")
