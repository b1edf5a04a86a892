from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    load = KubernetesPodOperator(
        task_id="load",
        name="load",
        namespace='data-platform',
        image='acme.azurecr.io/etl:1.4',
        image_pull_secrets=[k8s.V1LocalObjectReference(name='azure-registry')],
        cmds=["python", "load.py"],
    )
