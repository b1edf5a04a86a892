from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

TAG = 1
with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image=f"ghcr.io/acme/etl:{TAG:>01}",
        arguments=[f"{'a'}, {TAG!r}"],
    )
