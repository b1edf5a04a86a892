from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from include import images
from include.images import LOAD as LOAD_IMAGE

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(
        task_id="extract",
        image=images.EXTRACT,
    )
    load = KubernetesPodOperator(
        task_id="load",
        image=LOAD_IMAGE,
    )
    lint = KubernetesPodOperator(task_id="lint", image=images.LINT)
