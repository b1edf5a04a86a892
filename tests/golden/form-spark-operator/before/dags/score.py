from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator

with DAG("score", start_date=datetime(2026, 1, 1), schedule=None):
    SparkKubernetesOperator(
        task_id="score",
        image="ghcr.io/acme/spark:3.5",
        application_file="score.yaml",
    )
