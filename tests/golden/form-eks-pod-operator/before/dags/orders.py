from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.operators.eks import EksPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EksPodOperator(
        task_id="load",
        cluster_name="batch",
        image="ghcr.io/acme/etl:1.4",
    )
