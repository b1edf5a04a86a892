from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class EtlOperator(KubernetesPodOperator):
    def __init__(self, *, task_id, step, **kwargs):
        super().__init__(task_id=task_id, image="ghcr.io/acme/etl:1.4", arguments=[step])


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EtlOperator(task_id="load", step="load")
