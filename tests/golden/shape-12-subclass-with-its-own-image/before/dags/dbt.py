from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class DbtOperator(KubernetesPodOperator):
    def __init__(self, *, command, **kwargs):
        super().__init__(image="ghcr.io/acme/dbt:1.8", cmds=["dbt", command], **kwargs)


with DAG("dbt", start_date=datetime(2026, 1, 1), schedule=None):
    run = DbtOperator(
        task_id="run",
        command="run",
    )
    test = DbtOperator(task_id="test", command="test")
    run >> test
