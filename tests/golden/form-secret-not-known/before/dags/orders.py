import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from include.settings import pull_secrets

PROD = os.getenv("STAGE") == "prod"

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", image_pull_secrets=pull_secrets())
    KubernetesPodOperator(task_id="clean", image="ghcr.io/acme/etl:1.4", image_pull_secrets=os.getenv("SECRET"))
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", image_pull_secrets="s" if PROD else None)
