from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

ETL = {"image": "ghcr.io/acme/etl:1.4", "get_logs": True}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], task_id="extract", **ETL)
    KubernetesPodOperator(
        task_id="load",
        arguments=["load"],
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        **ETL,
    )
