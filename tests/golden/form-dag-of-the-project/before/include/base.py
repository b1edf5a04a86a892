from datetime import datetime

from airflow import DAG

DEFAULT_ARGS = {"image_pull_secrets": "ghcr-io-pull"}


class AcmeDAG(DAG):
    def __init__(self, dag_id):
        super().__init__(dag_id, start_date=datetime(2026, 1, 1), schedule=None, default_args=DEFAULT_ARGS)


def make_dag(dag_id):
    return DAG(dag_id, start_date=datetime(2026, 1, 1), schedule=None, default_args=DEFAULT_ARGS)
