from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load", default_args={"image": "ghcr.io/acme/etl:1"}) as dag:
    KubernetesPodOperator(
        task_id="load",
        cmds=["a, # b)", '"'],  # c, "d
    )
