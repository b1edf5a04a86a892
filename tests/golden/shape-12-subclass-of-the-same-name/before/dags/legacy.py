from datetime import datetime

from airflow import DAG
from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator as BaseKubernetesPodOperator


class KubernetesPodOperator(BaseKubernetesPodOperator):
    def execute(self, context):
        self.labels["team"] = "data"
        return super().execute(context)


with DAG("legacy", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    load = KubernetesPodOperator(
        task_id="load",
        name="load",
        image="ghcr.io/acme/etl:1.4",
    )
