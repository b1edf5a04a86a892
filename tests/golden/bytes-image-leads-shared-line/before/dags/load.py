from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(
        image="ghcr.io/acme/etl:1", task_id="load",
        cmds=["etl"],
    )
