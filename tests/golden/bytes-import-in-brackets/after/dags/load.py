from airflow.decorators import (
    dag,
    task,
)
from airflow.providers.cncf.kubernetes.operators.pod import (
    KubernetesPodOperator,  # (the loader)
)  # noqa: E501
from kubernetes.client import models as k8s


@dag()
def load():
    KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")


load()
