import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

STAGE = os.getenv("STAGE", "")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image=f"ghcr.io/acme{STAGE}/etl:1.4")
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme-public/etl:1.4")
    KubernetesPodOperator(task_id="report", image=f"ghcr.io/acme-public/report:{STAGE}")
    KubernetesPodOperator(task_id="mirror", image=f"{STAGE}ghcr.io/acme/etl:1.4")
