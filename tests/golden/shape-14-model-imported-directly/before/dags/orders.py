from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import V1LocalObjectReference
from kubernetes.client import models as k8s_models

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(
        task_id="extract",
        image=f"ghcr.io/acme/etl:{Variable.get('etl_tag', default_var='latest')}",
        image_pull_secrets=[V1LocalObjectReference(name="ghcr-io-pull")],
    )
    KubernetesPodOperator(
        task_id="load",
        image=f"ghcr.io/acme/etl:{Variable.get('etl_tag', default_var='latest')}",
        image_pull_secrets=[k8s_models.V1LocalObjectReference(name="ghcr-io-pull")],
    )
