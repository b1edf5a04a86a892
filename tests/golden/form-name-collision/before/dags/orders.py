from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator


class KubernetesPodOperator(BaseOperator):
    def __init__(self, *, image, **kwargs):
        super().__init__(**kwargs)
        self.image = image

    def execute(self, context):
        print(self.image)


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
