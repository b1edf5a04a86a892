from datetime import datetime

from airflow.decorators import dag, task
from kubernetes.client import models as k8s


@task.kubernetes(image="ghcr.io/acme/ml:2.0")
def fit():
    print("fitted")


@dag(start_date=datetime(2026, 1, 1), schedule=None)
def train():
    fit.override(image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")])()


train()
