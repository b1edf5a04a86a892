from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

NO_SECRETS = []

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", image_pull_secrets=NO_SECRETS)
