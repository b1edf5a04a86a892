from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

default_args = {"owner": "acme"}

from kubernetes.client import models as k8s  # noqa: E402

with DAG("load", default_args=default_args) as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", volumes=[k8s.V1Volume(name="a", empty_dir={})])
