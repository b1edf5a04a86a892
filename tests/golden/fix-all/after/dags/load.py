from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

namespace = (conf.get("kubernetes", "NAMESPACE", fallback=None) or conf.get("kubernetes_executor", "NAMESPACE", fallback="default"))

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        namespace=namespace,
        image="ghcr.io/acme/etl:1",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        container_resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}),
    )
