from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(task_id="one", image="ghcr.io/acme/etl:1") >> KubernetesPodOperator(task_id="two", image="ghcr.io/acme/etl:2")
    a = KubernetesPodOperator(task_id="three", image="ghcr.io/acme/etl:3", doc_md="é"); b = KubernetesPodOperator(task_id="four", image="python:3.12")
