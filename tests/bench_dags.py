"""How long `dag check` takes for a thousand DAG files, beside ruff's rules for Airflow on the same files.

Part of `make bench`.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

FILES = 1000
ONE = "dags/team_1/warehouse_1.py"
"""One of the files."""
ASTROKPO = str(Path(sys.executable).parent / "astrokpo")
RUFF = str(Path(sys.executable).parent / "ruff")

_HEAD = '''"""Loads {name} into the warehouse, every night."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

LOG = logging.getLogger(__name__)
IMAGE = "ghcr.io/acme/{name}:1.4"
TABLES = ["orders", "parcels", "customers", "refunds"]
PULL_SECRETS = [k8s.V1LocalObjectReference(name="ghcr-io-pull")]
RESOURCES = k8s.V1ResourceRequirements(
    requests={{"cpu": "500m", "memory": "1Gi"}},
    limits={{"cpu": "500m", "memory": "1Gi"}},
)

default_args = {{
    "owner": "data",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "email_on_failure": False,
}}


def report(ds: str, **context: object) -> int:
    """Count what was loaded."""
    counts = {{table: len(table) * 2 for table in TABLES}}
    for table, count in counts.items():
        if count > 10:
            LOG.info("%s: %s rows on %s", table, count, ds)
        else:
            LOG.warning("%s: only %s rows on %s", table, count, ds)
    return sum(counts.values())


with DAG(
    dag_id="{name}",
    start_date=datetime(2024, 1, 1),
    schedule="@daily",
    catchup=False,
    default_args=default_args,
    tags=["warehouse", "{name}"],
) as dag:
'''
_TASK = """    {task} = KubernetesPodOperator(
        task_id="{task}",
        name="{task}",
        image={image},
        cmds=["python", "-m", "etl.{task}"],
        arguments=["--date", "{{{{ ds }}}}", "--table", f"{{TABLES[0]}}"],
        env_vars={{"MODE": "full", "REGION": "eu-west-1"}},
        labels={{"team": "data", "tier": "gold"}},
        container_resources=RESOURCES,
        get_logs=True,
        {secret}
    )
"""
_TAIL = """    tell = PythonOperator(task_id="tell", python_callable=report)
    extract >> clean >> load >> check >> tell
"""


def dag_file(number: int) -> str:
    """Give a DAG file of about 120 lines with four tasks; one in four has no pull secret."""
    name = f"warehouse_{number}"
    tasks = []
    for place, task in enumerate(("extract", "clean", "load", "check")):
        image = "IMAGE" if place % 2 else f'"ghcr.io/acme/{task}:{number}"'
        secret = "image_pull_secrets=PULL_SECRETS," if place else "in_cluster=True,"
        tasks.append(_TASK.format(task=task, image=image, secret=secret))
    blocks = "".join(f"    {{}}{index} = [value * {index} for value in range({index})]\n" for index in range(20))
    return _HEAD.format(name=name) + "".join(tasks) + blocks.replace("{}", "series_") + _TAIL


def write_dags() -> None:
    """Write the DAG files into the working folder."""
    for number in range(FILES):
        team = Path("dags") / f"team_{number % 20}"
        team.mkdir(parents=True, exist_ok=True)
        (team / f"warehouse_{number}.py").write_text(dag_file(number))


def run() -> None:
    """Print the figures for the files of `write_dags`."""
    lines = dag_file(0).count("\n")
    Path("astrokpo.toml").write_text('airflow = "2.11"\n[registries]\n"ghcr.io/acme" = "ghcr-io-pull"\n')
    check = [ASTROKPO, "dag", "check", "--json"]
    ruff = [RUFF, "check", "--no-cache", "--isolated", "--exit-zero", "--select", "AIR", "dags"]
    ours = min(_seconds(check, 3) for _ in range(5))
    theirs = min(_seconds(ruff, 0) for _ in range(5))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"dag check, {FILES} files of {lines} lines: {ours:.2f} s (goal: under 3); ruff --select AIR: {theirs:.2f} s")
    print(f"peak memory of one process: {peak:.0f} MB (goal: under 200)")


def _seconds(command: list[str], code: int) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    took = time.perf_counter() - started
    assert done.returncode == code, done.stderr
    return took
