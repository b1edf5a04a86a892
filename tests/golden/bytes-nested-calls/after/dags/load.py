from airflow import DAG
from airflow.models.baseoperator import chain
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    chain(
        KubernetesPodOperator(task_id="one", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1"),
        KubernetesPodOperator(
            task_id="two",
            image="ghcr.io/acme/etl:2",
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        ), [KubernetesPodOperator(task_id="three", image="python:3.12"), KubernetesPodOperator(task_id="four", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:4")]
    )
