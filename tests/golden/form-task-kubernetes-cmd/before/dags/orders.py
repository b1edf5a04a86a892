import pendulum
from airflow.sdk import DAG, task

with DAG("orders", start_date=pendulum.datetime(2026, 1, 1), schedule=None):

    @task.kubernetes_cmd(
        image="ghcr.io/acme/etl:1.4",
    )
    def load(table):
        return ["load", table]

    load("orders")
