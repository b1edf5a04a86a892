from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class ReportOperator(KubernetesPodOperator):
    def __init__(self, image="{{ var.value.report_image }}", **kwargs):
        super().__init__(image=image, resources={"limit_cpu": "1"}, **kwargs)


with DAG("report", start_date=datetime(2026, 1, 1), schedule=None):
    ReportOperator(task_id="report", arguments=["--all"])
