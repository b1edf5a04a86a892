from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image="python:3.12",
        resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}),
        init_containers=[k8s.V1Container(name="a", image="python:3.12", resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}))],
    )
