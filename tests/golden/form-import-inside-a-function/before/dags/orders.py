from datetime import datetime

from airflow import DAG


def load(table):
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    return KubernetesPodOperator(
        task_id=f"load_{table}",
        image="ghcr.io/acme/etl:1.4",
        arguments=[table],
    )


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"retries": 2}):
    load("orders") >> load("customers")
