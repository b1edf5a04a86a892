from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

VOLUME = k8s.V1Volume(name="a")

with DAG("load") as dag:
    loads = [KubernetesPodOperator(task_id=k8s, image="ghcr.io/acme/etl:1") for k8s in ("one", "two")]
