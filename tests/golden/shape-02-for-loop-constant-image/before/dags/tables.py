from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/etl:1.4"
TABLES = ["orders", "customers", "parcels"]

with DAG("tables", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False) as dag:
    for table in TABLES:
        KubernetesPodOperator(
            task_id=f"load_{table}",
            image=IMAGE,
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ecr-registry-credentials")],
            arguments=["--table", table],
        )
