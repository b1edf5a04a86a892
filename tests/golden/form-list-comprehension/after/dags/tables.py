from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

TABLES = ["orders", "customers"]

with DAG("tables", start_date=datetime(2026, 1, 1), schedule=None):
    loads = [
        KubernetesPodOperator(
            task_id=f"load_{table}",
            image="ghcr.io/acme/etl:1.4",
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
            arguments=[table],
        )
        for table in TABLES
    ]
    check = {t: KubernetesPodOperator(task_id=f"check_{t}", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1.4") for t in TABLES}
