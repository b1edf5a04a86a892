from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

pod = lambda name: KubernetesPodOperator(task_id=name, image="ghcr.io/acme/etl:1.4")  # noqa: E731

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    pod("extract") >> pod("load")
