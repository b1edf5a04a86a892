from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

TAG = 1
with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image=f"ghcr.io/acme/etl:{TAG:>01}",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        arguments=[f"{'a'}, {TAG!r}"],
    )
