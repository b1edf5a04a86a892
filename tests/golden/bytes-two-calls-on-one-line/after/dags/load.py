from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator(task_id="one", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1") >> KubernetesPodOperator(task_id="two", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:2")
    a = KubernetesPodOperator(task_id="three", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:3", doc_md="é"); b = KubernetesPodOperator(task_id="four", image="python:3.12")
