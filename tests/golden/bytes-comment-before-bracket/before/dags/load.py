from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    load = (
        KubernetesPodOperator  # (the loader)
        (  # its keywords
            task_id="load",
            image="ghcr.io/acme/etl:1",
        )
    )
