from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from include.settings import add_secret

by_item = {"get_logs": True}
by_item["image_pull_secrets"] = "ghcr-io-pull"
by_update = {"get_logs": True}
by_update.update(image_pull_secrets="ghcr-io-pull")
by_function = {"get_logs": True}
add_secret(by_function)

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4", **by_item)
    KubernetesPodOperator(task_id="clean", image="ghcr.io/acme/etl:1.4", **by_update)
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4", **by_function)
