from datetime import datetime

from airflow import DAG

from include.operators.etl import EtlOperator

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EtlOperator(task_id="extract", table="orders") >> EtlOperator(task_id="load", table="orders")
