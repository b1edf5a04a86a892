from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load", default_args={"owner": "acme"}) as dag:
    EmptyOperator(task_id="start") >> KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
