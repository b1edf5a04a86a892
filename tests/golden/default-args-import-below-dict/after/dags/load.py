from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

default_args = {"owner": "acme", "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")]}

from kubernetes.client import models as k8s  # noqa: E402

with DAG("load", default_args=default_args) as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", volumes=[k8s.V1Volume(name="a", empty_dir={})])
