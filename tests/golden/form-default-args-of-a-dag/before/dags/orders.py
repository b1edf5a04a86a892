from datetime import datetime

from airflow import DAG
from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

DEFAULT_ARGS = {
    "owner": "data",
    "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")],
}

with DAG("extract", start_date=datetime(2026, 1, 1), schedule=None, default_args=DEFAULT_ARGS):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")

clean_dag = DAG("clean", start_date=datetime(2026, 1, 1), schedule=None, default_args=dict(DEFAULT_ARGS, retries=2))
clean = KubernetesPodOperator(task_id="clean", image="ghcr.io/acme/etl:1.4", dag=clean_dag)

with clean_dag:
    KubernetesPodOperator(task_id="check", image="ghcr.io/acme/etl:1.4")


@dag(start_date=datetime(2026, 1, 1), schedule=None, default_args={**DEFAULT_ARGS, "retries": 2})
def load():
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")


load()
