from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

COMMON = {"task_id": "load", "image": "ghcr.io/acme/etl:1"}

with DAG("load") as dag:
    KubernetesPodOperator(
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        **COMMON
    )
