from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

IMAGE = "ghcr.io/acme/etl:1.4"
REFERENCE = k8s.V1LocalObjectReference(name="ghcr-io-pull")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="text", image=IMAGE, image_pull_secrets=["ghcr-io-pull"])
    KubernetesPodOperator(task_id="bare", image=IMAGE, image_pull_secrets=k8s.V1LocalObjectReference(name="ghcr-io-pull"))
    KubernetesPodOperator(task_id="entry", image=IMAGE, image_pull_secrets={"name": "ghcr-io-pull"})
    KubernetesPodOperator(task_id="blank", image=IMAGE, image_pull_secrets="ghcr-io-pull, other")
    KubernetesPodOperator(task_id="template", image=IMAGE, image_pull_secrets="{{ var.value.secret }}")
    KubernetesPodOperator(task_id="tuple", image=IMAGE, image_pull_secrets=(REFERENCE,))
