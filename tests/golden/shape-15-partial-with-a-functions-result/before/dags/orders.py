from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from include.pods import common_kpo_kwargs

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator.partial(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        **common_kpo_kwargs("small"),
    ).expand(arguments=[["orders"], ["customers"]])
