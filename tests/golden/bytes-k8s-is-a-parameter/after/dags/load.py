from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s
from kubernetes.client import models as k8s_models

VOLUME = k8s.V1Volume(name="a")


def make_dag(k8s):
    with DAG(f"load-{k8s}") as dag:
        KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s_models.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")
    return dag


dag = make_dag("one")
