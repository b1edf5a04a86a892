import pendulum
from airflow import DAG
import sys
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
import requests
import datetime

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
