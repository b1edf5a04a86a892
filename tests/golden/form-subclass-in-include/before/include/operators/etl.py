from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s


class EtlOperator(KubernetesPodOperator):
    def __init__(self, *, table: str, **kwargs) -> None:
        super().__init__(
            image="ghcr.io/acme/etl:1.4",
            image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
            arguments=["--table", table],
            **kwargs,
        )
