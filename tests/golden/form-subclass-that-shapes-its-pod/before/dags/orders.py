from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


def secrets_for(image):
    return [k8s.V1LocalObjectReference(name="ghcr-io-pull")] if image else []


class EtlOperator(KubernetesPodOperator):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.image_pull_secrets = secrets_for(self.image)


class SealedOperator(KubernetesPodOperator):
    def build_pod_request_obj(self, context=None):
        pod = super().build_pod_request_obj(context)
        pod.spec.image_pull_secrets = secrets_for(self.image)
        return pod


with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    EtlOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")
    SealedOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
