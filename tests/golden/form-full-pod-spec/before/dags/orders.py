from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

POD = k8s.V1Pod(
    metadata=k8s.V1ObjectMeta(labels={"team": "data"}),
    spec=k8s.V1PodSpec(
        containers=[k8s.V1Container(name="base")],
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    ),
)

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", full_pod_spec=POD)
    KubernetesPodOperator(
        task_id="clean",
        image="ghcr.io/acme/etl:1.4",
        full_pod_spec=k8s.V1Pod(
            spec=k8s.V1PodSpec(
                containers=[k8s.V1Container(name="base")],
                image_pull_secrets=[k8s.V1LocalObjectReference(name="other")],
            )
        ),
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        full_pod_spec=k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")])),
    )
