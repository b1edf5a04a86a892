from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from kubernetes.client import models as k8s

namespace = conf.get("kubernetes", "NAMESPACE")

with DAG("load") as dag:
	KubernetesPodOperator(
		task_id="load",
		namespace=namespace,
		image="ghcr.io/acme/etl:1",
		image_pull_secrets=[k8s.V1LocalObjectReference("ghcr-io-pull")],
		resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}, requests={"cpu": "1"}),
	)
