from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

default_args = {
    "owner": "acme",
    "retries": 2,
    "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")],
}

with DAG("load", default_args=default_args) as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1")
