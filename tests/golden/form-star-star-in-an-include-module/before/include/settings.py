from kubernetes.client import models as k8s

POD = {
    "get_logs": True,
    "image_pull_secrets": [k8s.V1LocalObjectReference(name="ghcr-io-pull")],
}
