from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


class DbtOperator(KubernetesPodOperator):
    def __init__(self, *, command, **kwargs):
        super().__init__(image="ghcr.io/acme/dbt:1.8", cmds=["dbt", command], **kwargs)


with DAG("dbt", start_date=datetime(2026, 1, 1), schedule=None):
    run = DbtOperator(
        task_id="run",
        command="run",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    test = DbtOperator(task_id="test", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], command="test")
    run >> test
