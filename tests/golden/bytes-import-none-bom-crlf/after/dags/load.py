"""Load; imports late."""

from kubernetes.client import models as k8s


def make_dag():
    from airflow import DAG
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    with DAG("load") as dag:
        KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")
    return dag


dag = make_dag()
