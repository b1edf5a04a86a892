from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(task_id="extract", image="acme.azurecr.io/etl:1.4")
    clean = KubernetesPodOperator(task_id="clean", image="python:3.12")
    load = KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
    )
