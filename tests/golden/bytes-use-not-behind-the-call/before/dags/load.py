from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")

from kubernetes.client import models as k8s  # noqa: E402

VOLUME = k8s.V1Volume(name="a")
