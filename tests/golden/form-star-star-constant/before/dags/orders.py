from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

ETL = {"image": "ghcr.io/acme/etl:1.4", "get_logs": True}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", **ETL)
    KubernetesPodOperator(
        task_id="load",
        arguments=["load"],
        **ETL,
    )
