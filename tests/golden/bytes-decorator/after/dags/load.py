from airflow import DAG
from airflow.decorators import task
from kubernetes.client import models as k8s

with DAG("load") as dag:

    @task.kubernetes(
        image="ghcr.io/acme/etl:1",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        do_xcom_push=False,
    )
    def load():
        return 1

    load()
