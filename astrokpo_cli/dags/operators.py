"""The operators that run a pod, by the names under which DAG code imports them.

PURE. KubernetesPodOperator (KPO) and its descendants in Airflow's providers and in Cosmos.
"""

import re
from functools import lru_cache
from typing import NamedTuple


class Operator(NamedTuple):
    """An operator that makes a pod, and how that takes its pull secret."""

    name: str
    """The class's name; `@task.kubernetes` for the decorator."""
    external: bool = False
    """Whether its pod runs in another cluster than Astro's: on EKS or GKE of the customer's own."""
    template: bool = False
    """Whether its pod comes from a template of its own (a SparkApplication), and not from its keywords."""
    decorator: bool = False


_CNCF = r"airflow\.providers\.cncf\.kubernetes\.operators\."
_OPERATORS: tuple[tuple[str, Operator | None], ...] = (
    (rf"{_CNCF}(pod|kubernetes_pod)\.KubernetesPodOperator", None),
    (rf"{_CNCF}(job|kubernetes_job)\.KubernetesJobOperator", None),
    (rf"{_CNCF}kueue\.KubernetesStartKueueJobOperator", None),
    (rf"{_CNCF}(spark_kubernetes)\.SparkKubernetesOperator", Operator("SparkKubernetesOperator", template=True)),
    (r"airflow\.contrib\.operators\.kubernetes_pod_operator\.KubernetesPodOperator", None),
    (
        r"airflow\.providers\.amazon\.aws\.operators\.eks\.(Eks|EKS)PodOperator",
        Operator("EksPodOperator", external=True),
    ),
    (
        r"airflow\.providers\.google\.cloud\.operators\.kubernetes_engine\.GKE\w*(Pod|Job)Operator",
        Operator("GKEStartPodOperator", external=True),
    ),
    (
        r"airflow\.contrib\.operators\.gcp_container_operator\.GKEPodOperator",
        Operator("GKEPodOperator", external=True),
    ),
    (r"cosmos\.operators\.kubernetes\.Dbt\w+KubernetesOperator", None),
)
DECORATORS = {
    "airflow.decorators.task.kubernetes": "@task.kubernetes",
    "airflow.decorators.task.kubernetes_cmd": "@task.kubernetes_cmd",
    "airflow.sdk.task.kubernetes": "@task.kubernetes",
    "airflow.sdk.task.kubernetes_cmd": "@task.kubernetes_cmd",
}


@lru_cache(maxsize=4096)
def find_operator(dotted: str) -> Operator | None:
    """Give the operator that DOTTED, such as airflow.providers.….pod.KubernetesPodOperator, names; None for no KPO."""
    if dotted in DECORATORS:
        return Operator(DECORATORS[dotted], decorator=True)
    for pattern, operator in _OPERATORS:
        if re.fullmatch(pattern, dotted):
            name = dotted.rpartition(".")[2]
            return operator._replace(name=name) if operator else Operator(name)
    return None
