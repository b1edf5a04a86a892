"""A DAG, used so:

from airflow import DAG
from kubernetes.client import models as k8s
KubernetesPodOperator(
    image="ghcr.io/acme/etl:0",
)
"""
from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load", doc_md="""
        image="ghcr.io/acme/etl:1",
""") as dag:
    KubernetesPodOperator(
        task_id="load",
        arguments=["""
        image="ghcr.io/acme/etl:1",
        """],
        image="ghcr.io/acme/etl:1",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
