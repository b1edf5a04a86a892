from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator.partial(
        task_id="load",
        image="ghcr.io/acme/etl:1",
    ).expand(
        arguments=[["a"], ["b"]],
    )
    KubernetesPodOperator.partial(task_id="again", image="ghcr.io/acme/etl:2").expand(arguments=[["a"]])
