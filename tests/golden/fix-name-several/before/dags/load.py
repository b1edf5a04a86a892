from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

PULL = [
    k8s.V1LocalObjectReference('ghcr-io-pull'),
    k8s.V1LocalObjectReference(name="b"), k8s.V1LocalObjectReference( "c" ),
]

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", image_pull_secrets=PULL)
