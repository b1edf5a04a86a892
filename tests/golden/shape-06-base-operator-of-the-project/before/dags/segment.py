from datetime import datetime

from airflow import DAG
from include.operators import SegmentOperator

with DAG("segment", start_date=datetime(2026, 1, 1), schedule=None):
    SegmentOperator(task_id="segment", image="ghcr.io/acme/segment:3.1")
