from datetime import datetime

from airflow.decorators import dag, task

kubernetes_task_params = {
    "image": "{{ var.value.custom_airflow }}",
    "resources": {"limit_memory": "1Gi"},
    "in_cluster": True,
}


@dag(start_date=datetime(2026, 1, 1), schedule=None)
def train():
    @task.kubernetes(name="fit", **kubernetes_task_params)
    def fit():
        print("fitted")

    fit()


train()
