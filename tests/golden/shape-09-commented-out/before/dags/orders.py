from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    load = KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        # image_pull_secrets=[k8s.V1LocalObjectReference("regcred")],
        cmds=["python", "load.py"],
    )
    # old = KubernetesPodOperator(task_id="old", image="ghcr.io/acme/etl:1.3")
