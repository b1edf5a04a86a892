from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KubernetesPodOperator(
        task_id="extract",
        image="registry.gitlab.com/acme/data/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="gitlab-pull")],
    )
    clean = KubernetesPodOperator(
        task_id="clean",
        image="ghcr.io/acme/etl@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    score = KubernetesPodOperator(
        task_id="score",
        image="ghcr.io/acme/ml/score:2.0",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ml-pull")],
    )
