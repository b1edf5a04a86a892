# the DAG
from airflow import DAG  # 2.x

# the operator, not the hook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator  # noqa: E501
from kubernetes.client import models as k8s
# isort: split
from pendulum import duration  # sorts behind

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:1")
