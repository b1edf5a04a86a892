from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import V1LocalObjectReference as Ref


def V1LocalObjectReference(name):  # noqa: N802
    return name


print(V1LocalObjectReference("a"))
with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", image_pull_secrets=[Ref("ghcr-io-pull")])
