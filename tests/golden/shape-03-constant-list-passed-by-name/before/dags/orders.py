from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

IMAGE = "ghcr.io/acme/etl:1.4"
IMAGE_PULL_SECRETS = [k8s.V1LocalObjectReference(name="ghcr-io-pull")]

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(task_id="extract", image=IMAGE, image_pull_secrets=IMAGE_PULL_SECRETS)
    clean = KubernetesPodOperator(task_id="clean", image=IMAGE, image_pull_secrets=IMAGE_PULL_SECRETS)
    load = KubernetesPodOperator(task_id="load", image=IMAGE, image_pull_secrets=IMAGE_PULL_SECRETS)
    report = KubernetesPodOperator(task_id="report", image=IMAGE, arguments=["--report"])
    extract >> clean >> load >> report
