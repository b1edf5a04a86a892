from airflow import DAG
from airflow.decorators import task
from kubernetes.client import models as k8s

with DAG("load") as dag:

    @task.kubernetes(image="python:3.12", container_resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}))
    def load():
        return 1

    load()
