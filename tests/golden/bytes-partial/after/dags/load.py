from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator.partial(
        task_id="load",
        image="ghcr.io/acme/etl:1",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    ).expand(
        arguments=[["a"], ["b"]],
    )
    KubernetesPodOperator.partial(task_id="again", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:2").expand(arguments=[["a"]])
