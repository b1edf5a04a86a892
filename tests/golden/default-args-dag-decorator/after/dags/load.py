from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


@dag(default_args={"owner": "acme", "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")]})
def load():
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1")


load()
