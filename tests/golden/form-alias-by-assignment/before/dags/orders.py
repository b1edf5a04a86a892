from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models

Pod = KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    Pod(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
    )
