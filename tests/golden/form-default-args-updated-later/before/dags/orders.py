from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from include.settings import get_default_args

default_args = {"owner": "data"}
default_args["image_pull_secrets"] = "ghcr-io-pull"

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args=default_args):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")

with DAG("returns", start_date=datetime(2026, 1, 1), schedule=None, default_args=get_default_args()):
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")

with DAG("parcels", start_date=datetime(2026, 1, 1), schedule=None, default_args={"owner": "data"}) as dag:
    dag.default_args["image_pull_secrets"] = "ghcr-io-pull"
    KubernetesPodOperator(task_id="send", image="ghcr.io/acme/etl:1.4")
