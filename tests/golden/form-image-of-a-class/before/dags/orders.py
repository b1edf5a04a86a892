from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class Images:
    ETL = "ghcr.io/acme/etl:1.4"


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image=Images.ETL)
    KubernetesPodOperator(task_id="load", image=(LOAD := "ghcr.io/acme/load:2.0"))
