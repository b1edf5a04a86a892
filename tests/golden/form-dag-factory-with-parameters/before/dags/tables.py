from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def make_dag(table, default_args):
    with DAG(f"load_{table}", start_date=datetime(2026, 1, 1), schedule=None, default_args=default_args) as dag:
        KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", arguments=[table])
    return dag


orders = make_dag("orders", {"image_pull_secrets": "ghcr-io-pull"})
customers = make_dag("customers", {})
