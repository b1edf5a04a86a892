from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        init_containers=[
            k8s.V1Container(
                name="a",
                image="ghcr.io/acme/init:1",
            ),
        ],
        image="ghcr.io/acme/etl:1",
    )
