from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

BASE = {"image": "python:3.12", "get_logs": True}
SECRET = {"image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")]}
ETL = {**BASE, "image": "ghcr.io/acme/etl:1.4"}
SEALED = BASE | SECRET | {"image": "ghcr.io/acme/etl:1.4"}
LOAD = dict(ETL, **SECRET)

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="lint", **BASE)
    KubernetesPodOperator(task_id="extract", **ETL)
    KubernetesPodOperator(task_id="clean", **SEALED)
    KubernetesPodOperator(task_id="load", **LOAD)
    KubernetesPodOperator(task_id="report", **dict(BASE, image="ghcr.io/acme/report:1.0", **SECRET))
