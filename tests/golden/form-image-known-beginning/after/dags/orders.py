import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

REGISTRY = "ghcr.io/acme"
TAG = os.getenv("ETL_TAG", "latest")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="a", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=f"ghcr.io/acme/etl:{TAG}")
    KubernetesPodOperator(task_id="b", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=f"{REGISTRY}/etl:{TAG}")
    KubernetesPodOperator(task_id="c", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:" + TAG)
    KubernetesPodOperator(task_id="d", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image=REGISTRY + "/etl:" + TAG)
    KubernetesPodOperator(task_id="e", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/{}:{}".format("etl", TAG))
    KubernetesPodOperator(task_id="f", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:%s" % TAG)
    KubernetesPodOperator(task_id="g", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/etl:{{ var.value.etl_tag }}")
