from airflow.sdk import dag, task
from kubernetes.client import models as k8s


@dag
def train():
    @task.kubernetes(image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")], image="ghcr.io/acme/ml:2.0")
    def fit():
        print("fitted")

    fit()


@dag(default_args={"image_pull_secrets": "ghcr-io-pull"})
def score():
    @task.kubernetes(image="ghcr.io/acme/ml:2.0", name="predict")
    def predict():
        print("predicted")

    predict()


train()
score()
