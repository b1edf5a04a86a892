from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

GITLAB = k8s.V1LocalObjectReference(name="gitlab-pull")
GHCR = k8s.V1LocalObjectReference(name="ghcr-io-pull")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", image_pull_secrets=[GITLAB])
    KubernetesPodOperator(task_id="clean", image="ghcr.io/acme/etl:1.4", image_pull_secrets=[GITLAB, GHCR])
    KubernetesPodOperator(task_id="load", image="registry.gitlab.com/acme/load:2.0", image_pull_secrets=[GITLAB])
    KubernetesPodOperator(task_id="lint", image="python:3.12", image_pull_secrets=[GITLAB])
