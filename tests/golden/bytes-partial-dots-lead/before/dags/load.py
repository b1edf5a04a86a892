from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    load = (
        KubernetesPodOperator
        .partial(task_id="load",
                 image="ghcr.io/acme/etl:1",
                 cmds=["etl"])
        .expand(arguments=[["a"], ["b"]])
    )
