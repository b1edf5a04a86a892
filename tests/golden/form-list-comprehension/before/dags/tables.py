from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

TABLES = ["orders", "customers"]

with DAG("tables", start_date=datetime(2026, 1, 1), schedule=None):
    loads = [
        KubernetesPodOperator(
            task_id=f"load_{table}",
            image="ghcr.io/acme/etl:1.4",
            arguments=[table],
        )
        for table in TABLES
    ]
    check = {t: KubernetesPodOperator(task_id=f"check_{t}", image="ghcr.io/acme/etl:1.4") for t in TABLES}
