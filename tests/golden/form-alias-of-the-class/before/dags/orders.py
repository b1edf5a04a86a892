from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator as KPO

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = KPO(
        task_id="extract",
        image="ghcr.io/acme/etl:1.4",
    )
    load = KPO(task_id="load", image="ghcr.io/acme/etl:1.4")
    extract >> load
