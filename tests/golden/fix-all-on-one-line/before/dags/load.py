from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("load") as dag: KubernetesPodOperator(task_id="load", doc_md="é🚀", resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}), image_pull_secrets=[k8s.V1LocalObjectReference("ghcr-io-pull")], namespace=conf.get("kubernetes", "NAMESPACE"), image="ghcr.io/acme/etl:1")
