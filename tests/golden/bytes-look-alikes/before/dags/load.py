"""A DAG, used so:

from airflow import DAG
from kubernetes.client import models as k8s
KubernetesPodOperator(
    image="ghcr.io/acme/etl:0",
)
"""
from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load", doc_md="""
        image="ghcr.io/acme/etl:1",
""") as dag:
    KubernetesPodOperator(
        task_id="load",
        arguments=["""
        image="ghcr.io/acme/etl:1",
        """],
        image="ghcr.io/acme/etl:1",
    )
