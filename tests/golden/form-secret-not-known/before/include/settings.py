import os

from kubernetes.client import models as k8s


def pull_secrets():
    return [k8s.V1LocalObjectReference(name=os.environ.get("PULL_SECRET", "ghcr-io-pull"))]
