from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

default_args = {
    "owner": "data",
    "retries": 2,
}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args=default_args):
    extract = KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")
    load = KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
    extract >> load
