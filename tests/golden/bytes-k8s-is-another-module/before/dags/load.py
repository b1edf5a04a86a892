import json as k8s

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

print(k8s.dumps({}))

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
