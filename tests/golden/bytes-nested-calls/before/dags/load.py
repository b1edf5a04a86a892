from airflow import DAG
from airflow.models.baseoperator import chain
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    chain(
        KubernetesPodOperator(task_id="one", image="ghcr.io/acme/etl:1"),
        KubernetesPodOperator(
            task_id="two",
            image="ghcr.io/acme/etl:2",
        ), [KubernetesPodOperator(task_id="three", image="python:3.12"), KubernetesPodOperator(task_id="four", image="ghcr.io/acme/etl:4")]
    )
