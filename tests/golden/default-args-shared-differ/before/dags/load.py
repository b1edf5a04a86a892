from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

default_args = {"owner": "acme"}

with DAG("load", default_args=default_args) as load:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")

with DAG("more", default_args=default_args) as more:
    KubernetesPodOperator(task_id="more", image="quay.io/acme/more:1")
