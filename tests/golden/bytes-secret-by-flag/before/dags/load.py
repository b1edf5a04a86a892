from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(task_id="one", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="two", image="ghcr.io/acme-two/etl:1")
