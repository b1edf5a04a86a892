from datetime import datetime

from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG
from kubernetes.client import models as k8s

namespace = conf.get("kubernetes", "NAMESPACE")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(
        task_id="load",
        namespace=namespace,
        image="ghcr.io/acme/etl:1.4",
        full_pod_spec=k8s.V1Pod(
            spec=k8s.V1PodSpec(
                containers=[k8s.V1Container(name="base")],
                image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
            ),
        ),
    )
