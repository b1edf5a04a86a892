from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="python:3.12-slim")
    KubernetesPodOperator(task_id="load", image="ghcr.io/other/etl:1.4")
    KubernetesPodOperator(task_id="report", image="acme/etl:1.4")
