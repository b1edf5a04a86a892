from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class Pods:
    def __init__(self, image):
        self.image = image

    def load(self):
        return KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")

    def own(self):
        return KubernetesPodOperator(task_id="own", image=self.image)


pods = Pods("python:3.12")

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"image_pull_secrets": "ghcr-io-pull"}):
    pods.load() >> pods.own()
