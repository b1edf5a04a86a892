import pendulum
from airflow.sdk import DAG, task
from kubernetes.client import models as k8s

with DAG("orders", start_date=pendulum.datetime(2026, 1, 1), schedule=None):

    @task.kubernetes_cmd(
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    def load(table):
        return ["load", table]

    load("orders")
