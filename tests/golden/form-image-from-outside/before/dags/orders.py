import os
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image=Variable.get("etl_image", default_var="python:3.12"))
    KubernetesPodOperator(task_id="clean", image=os.getenv("ETL_IMAGE", "ghcr.io/acme/etl:1.4"))
    KubernetesPodOperator(task_id="load", image="{{ var.value.etl_image }}")
    KubernetesPodOperator(task_id="report", image="{{ params.registry }}/report:1.0")
