"""Load."""
from __future__ import annotations

import logging
import sys
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from pendulum import duration
from requests import get

log = logging.getLogger(sys.argv[0])

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
