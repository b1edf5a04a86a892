from datetime import datetime

from airflow import DAG
from cosmos import ProfileConfig
from cosmos.operators.kubernetes import DbtRunKubernetesOperator
from kubernetes.client import models as k8s

profile = ProfileConfig(profile_name="acme", target_name="prod", profiles_yml_filepath="/usr/app/profiles.yml")

with DAG("dbt", start_date=datetime(2026, 1, 1), schedule=None):
    DbtRunKubernetesOperator(
        task_id="run",
        project_dir="/usr/app/dbt",
        profile_config=profile,
        image="ghcr.io/acme/dbt:1.8",
        image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")],
        get_logs=True,
    )
