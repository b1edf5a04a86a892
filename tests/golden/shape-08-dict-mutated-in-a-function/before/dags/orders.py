from datetime import datetime

from airflow import DAG


def pod_task(task_id, secret=None, **kwargs):
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import models as k8s

    params = {"task_id": task_id, "image": "ghcr.io/acme/etl:1.4"}
    if secret:
        params["image_pull_secrets"] = [k8s.V1LocalObjectReference(name=secret)]
    params.update(kwargs)
    return KubernetesPodOperator(**params)


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    pod_task("extract") >> pod_task("load", secret="ghcr-io-pull")
