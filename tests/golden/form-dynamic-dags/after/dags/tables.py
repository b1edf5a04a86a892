from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

for table in ("orders", "customers"):
    with DAG(f"load_{table}", start_date=datetime(2026, 1, 1), schedule=None) as dag:
        KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1.4", arguments=[table])
    globals()[f"load_{table}"] = dag
