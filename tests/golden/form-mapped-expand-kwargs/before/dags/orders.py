from datetime import datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


@dag(start_date=datetime(2026, 1, 1), schedule=None)
def orders():
    @task
    def plan():
        return [{"arguments": ["orders"]}, {"arguments": ["customers"]}]

    KubernetesPodOperator.partial(task_id="load", image="ghcr.io/acme/etl:1.4").expand_kwargs(plan())


orders()
