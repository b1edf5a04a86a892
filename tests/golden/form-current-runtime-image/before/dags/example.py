import os
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


def current_airflow_runtime_image():
    return os.getenv("ASTRONOMER_AIRFLOW_IMAGE", "astrocrpublic.azurecr.io/runtime:3.1-2")


with DAG("example", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(
        task_id="task",
        image=current_airflow_runtime_image(),
        image_pull_secrets=[k8s.V1LocalObjectReference(name="image-pull-secret")],
        cmds=["airflow", "version"],
    )
