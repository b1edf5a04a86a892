from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load", default_args={"owner": "acme",}) as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1")
