from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(
        task_id="extract",
        image="registry.gitlab.com/acme/data/etl:1.4",
    )
    clean = KubernetesPodOperator(
        task_id="clean",
        image="ghcr.io/acme/etl@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    score = KubernetesPodOperator(
        task_id="score",
        image="ghcr.io/acme/ml/score:2.0",
    )
