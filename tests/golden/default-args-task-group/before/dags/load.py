from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.utils.task_group import TaskGroup

with DAG("load", default_args={"owner": "acme"}) as dag:
    with TaskGroup("group", default_args={"retries": 2}):
        KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
