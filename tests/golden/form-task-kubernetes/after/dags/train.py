from datetime import datetime

from airflow.decorators import dag, task
from kubernetes.client import models as k8s


@dag(start_date=datetime(2026, 1, 1), schedule=None)
def train():
    @task.kubernetes(
        image="ghcr.io/acme/ml:2.0",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        name="fit",
    )
    def fit():
        print("fitted")

    @task.kubernetes(image="ghcr.io/acme/ml:2.0", image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")])
    def score():
        print("scored")

    fit() >> score()


train()
