from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.utils.task_group import TaskGroup

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None) as dag, TaskGroup("load", default_args={"retries": 2}):
    for table in ("orders", "customers"):
        with TaskGroup(group_id=table):
            KubernetesPodOperator(
                task_id="write",
                image="ghcr.io/acme/etl:1.4",
                arguments=[table],
            )
