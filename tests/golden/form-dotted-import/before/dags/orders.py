from datetime import datetime

import airflow.providers.cncf.kubernetes.operators.pod
from airflow import DAG

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
    )
