from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("c2h", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    convert = KubernetesPodOperator(
        task_id="convert",
        image="acme/c2h:2.0",
        image_pull_secrets="c2hcred",
        cmds=["convert"],
    )
    publish = KubernetesPodOperator(
        task_id="publish",
        image="acme/publish:2.0",
        image_pull_secrets="c2hcred,hub-pull",
    )
    convert >> publish
