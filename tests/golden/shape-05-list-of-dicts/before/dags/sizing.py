from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

dag = DAG("sizing", start_date=datetime(2026, 1, 1), schedule=None)

size = KubernetesPodOperator(
    dag=dag,
    task_id="size",
    image="nexus.acme.example:5000/sizing:0.9",
    image_pull_secrets=[{"name": "spr-nexus"}],
)
