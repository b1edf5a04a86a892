from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


@dag(default_args={"owner": "acme"})
def load():
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1")


load()
