from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


class AcmeOperator(KubernetesPodOperator):
    def __init__(self, *, team="data", **kwargs):
        super().__init__(labels={"team": team}, **kwargs)


class EtlOperator(AcmeOperator):
    def __init__(self, *, step, **kwargs):
        super().__init__(image="ghcr.io/acme/etl:1.4", arguments=[step], **kwargs)


class LoadOperator(EtlOperator):
    pass


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    LoadOperator(
        task_id="load",
        step="load",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
    )
