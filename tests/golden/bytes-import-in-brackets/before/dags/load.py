from airflow.decorators import (
    dag,
    task,
)
from airflow.providers.cncf.kubernetes.operators.pod import (
    KubernetesPodOperator,  # (the loader)
)  # noqa: E501


@dag()
def load():
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")


load()
