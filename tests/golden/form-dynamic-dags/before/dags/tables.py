from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

for table in ("orders", "customers"):
    with DAG(f"load_{table}", start_date=datetime(2026, 1, 1), schedule=None) as dag:
        KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", arguments=[table])
    globals()[f"load_{table}"] = dag
