from datetime import datetime

from airflow import DAG
from pods import pod

with DAG("orders", start_date=datetime(2026, 1, 1), schedule=None, default_args={"image_pull_secrets": "ghcr-io-pull"}):
    pod("load")
