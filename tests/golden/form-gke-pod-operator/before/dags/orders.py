from datetime import datetime

from airflow import DAG
from airflow.providers.google.cloud.operators.kubernetes_engine import GKEStartPodOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    GKEStartPodOperator(
        task_id="load",
        location="europe-west1",
        cluster_name="batch",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="gke-pull")],
    )
