from datetime import datetime

from airflow.decorators import dag, task


@dag(start_date=datetime(2026, 1, 1), schedule=None, default_args={"image": "ghcr.io/acme/ml:2.0"})
def train():
    @task.kubernetes
    def fit():
        print("fitted")

    fit()


train()
