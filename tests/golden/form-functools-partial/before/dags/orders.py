from datetime import datetime
from functools import partial

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

etl = partial(KubernetesPodOperator, image="ghcr.io/acme/etl:1.4")
sealed = partial(etl, image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")])

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    extract = etl(task_id="extract", arguments=["extract"])
    load = sealed(task_id="load", arguments=["load"])
    extract >> load
