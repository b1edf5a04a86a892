from airflow import DAG
from airflow.decorators import task

with DAG("load") as dag:

    @task.kubernetes(image="ghcr.io/acme/etl:1")
    def load(): return 1

    load()
