from datetime import datetime

from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

namespace = conf.get("kubernetes", "NAMESPACE")

with DAG("example", start_date=datetime(2026, 1, 1), schedule="@once") as dag:
    KubernetesPodOperator(
        namespace=namespace,
        image="ghcr.io/acme/etl:1.4",
        image_pull_secrets=[k8s.V1LocalObjectReference("ghcr-io-pull")],
        name="airflow-test-pod",
        task_id="airflow-test-pod",
        in_cluster=True,
        get_logs=True,
        on_finish_action="keep_pod",
    )
