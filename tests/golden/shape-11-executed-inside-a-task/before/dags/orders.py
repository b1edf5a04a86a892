from datetime import datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


@dag(
    start_date=datetime(2026, 1, 1),
    schedule=None,
    default_args={"image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")]},
)
def orders():
    @task
    def load(table, **context):
        pod = KubernetesPodOperator(
            task_id="load_table",
            image="ghcr.io/acme/etl:1.4",
            arguments=[table],
        )
        return pod.execute(context)

    load("orders")


orders()
