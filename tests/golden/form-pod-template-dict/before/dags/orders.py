from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

SEALED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "etl"},
    "spec": {"containers": [{"name": "base"}], "imagePullSecrets": [{"name": "ghcr-io-pull"}]},
}
PLAIN = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "etl"},
    "spec": {"containers": [{"name": "base"}]},
}

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", pod_template_dict=SEALED)
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1.4",
        pod_template_dict=PLAIN,
    )
