import sys

sys.path.append("/opt/acme")

from airflow import DAG  # noqa: E402
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator  # noqa: E402

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
