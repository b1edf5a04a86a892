import pendulum
from airflow.models.dag import DAG
from airflow.providers.cncf.kubernetes.operators import pod as kpo
from kubernetes import client

with DAG("orders", start_date=pendulum.datetime(2026, 1, 1, tz="UTC"), schedule=None):
    kpo.KubernetesPodOperator(
        task_id="extract",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[client.V1LocalObjectReference(name="ghcr-io-pull")],
        labels={"team": "data"},
    )
    kpo.KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[client.V1LocalObjectReference(name="ghcr-io-pull")],
    )
