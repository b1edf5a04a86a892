from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

IMAGE = "ghcr.io/acme/etl:1.4"

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    (
        KubernetesPodOperator(task_id="extract", image=IMAGE)
        >> [
            KubernetesPodOperator(task_id="clean", image=IMAGE),
            KubernetesPodOperator(task_id="lint", image="python:3.12"),
        ]
        >> KubernetesPodOperator(task_id="load", image=IMAGE, get_logs=True)
    )
