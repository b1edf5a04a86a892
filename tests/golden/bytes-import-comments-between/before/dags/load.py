# the DAG
from airflow import DAG  # 2.x

# the operator, not the hook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator  # noqa: E501
# isort: split
from pendulum import duration  # sorts behind

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
