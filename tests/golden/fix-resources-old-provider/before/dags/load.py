from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", name="load", image="python:3.12", resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}))
