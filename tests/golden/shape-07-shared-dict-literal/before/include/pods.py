from kubernetes.client import models as k8s


def pod_params(secrets):
    return {
        "image_pull_secrets": [k8s.V1LocalObjectReference(name=secret) for secret in secrets],
        "get_logs": True,
    }
