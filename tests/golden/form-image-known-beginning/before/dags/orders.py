import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

REGISTRY = "ghcr.io/acme"
TAG = os.getenv("ETL_TAG", "latest")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="a", image=f"ghcr.io/acme/etl:{TAG}")
    KubernetesPodOperator(task_id="b", image=f"{REGISTRY}/etl:{TAG}")
    KubernetesPodOperator(task_id="c", image="ghcr.io/acme/etl:" + TAG)
    KubernetesPodOperator(task_id="d", image=REGISTRY + "/etl:" + TAG)
    KubernetesPodOperator(task_id="e", image="ghcr.io/acme/{}:{}".format("etl", TAG))
    KubernetesPodOperator(task_id="f", image="ghcr.io/acme/etl:%s" % TAG)
    KubernetesPodOperator(task_id="g", image="ghcr.io/acme/etl:{{ var.value.etl_tag }}")
