from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client.models import (
    V1EnvVar,
    V1LocalObjectReference,
)

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image_pull_secrets=[V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")
