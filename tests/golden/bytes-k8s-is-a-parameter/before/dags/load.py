from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

VOLUME = k8s.V1Volume(name="a")


def make_dag(k8s):
    with DAG(f"load-{k8s}") as dag:
        KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
    return dag


dag = make_dag("one")
