from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1",  # noqa: E501
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        cmds=["etl"],
    )
