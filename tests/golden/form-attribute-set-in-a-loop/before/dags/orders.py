from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")

for task in dag.tasks:
    task.image_pull_secrets = [k8s.V1LocalObjectReference(name="ghcr-io-pull")]
