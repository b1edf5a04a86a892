from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import V1LocalObjectReference as PullSecret

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image_pull_secrets=[PullSecret(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")
