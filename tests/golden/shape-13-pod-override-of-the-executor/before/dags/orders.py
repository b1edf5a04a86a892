from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

WORKER = {
    "pod_override": k8s.V1Pod(
        spec=k8s.V1PodSpec(
            containers=[k8s.V1Container(name="base")],
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        )
    )
}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        executor_config=WORKER,
    )
