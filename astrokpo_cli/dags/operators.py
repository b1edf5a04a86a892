"""The operators that run a pod, by the names under which DAG code imports them.

PURE. KubernetesPodOperator (KPO) and its descendants in Airflow's providers and in Cosmos.
"""

import re
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


_CNCF = "airflow.providers.cncf.kubernetes.operators."
_OPERATORS = {
    f"{_CNCF}pod.KubernetesPodOperator": Operator("KubernetesPodOperator"),
    f"{_CNCF}kubernetes_pod.KubernetesPodOperator": Operator("KubernetesPodOperator"),
    f"{_CNCF}job.KubernetesJobOperator": Operator("KubernetesJobOperator"),
    f"{_CNCF}kubernetes_job.KubernetesJobOperator": Operator("KubernetesJobOperator"),
    f"{_CNCF}kueue.KubernetesStartKueueJobOperator": Operator("KubernetesStartKueueJobOperator"),
    f"{_CNCF}spark_kubernetes.SparkKubernetesOperator": Operator("SparkKubernetesOperator", template=True),
    "airflow.contrib.operators.kubernetes_pod_operator.KubernetesPodOperator": Operator("KubernetesPodOperator"),
    "airflow.contrib.operators.gcp_container_operator.GKEPodOperator": Operator("GKEPodOperator", external=True),
    "airflow.providers.amazon.aws.operators.eks.EksPodOperator": Operator("EksPodOperator", external=True),
    "airflow.providers.amazon.aws.operators.eks.EKSPodOperator": Operator("EKSPodOperator", external=True),
}
_FAMILIES = {
    "airflow.providers.google.cloud.operators.kubernetes_engine": (r"GKE\w*(Pod|Job)Operator", True),
    "cosmos.operators.kubernetes": (r"Dbt\w+KubernetesOperator", False),
}
"""Modules with many operators: how their names look, and whether their pods run in another cluster."""
DECORATORS = {
    "airflow.decorators.task.kubernetes": "@task.kubernetes",
    "airflow.decorators.task.kubernetes_cmd": "@task.kubernetes_cmd",
    "airflow.sdk.task.kubernetes": "@task.kubernetes",
    "airflow.sdk.task.kubernetes_cmd": "@task.kubernetes_cmd",
}


def find_operator(dotted: str) -> Operator | None:
    """Give the operator that DOTTED, such as airflow.providers.….pod.KubernetesPodOperator, names; None for no KPO."""
    if dotted in DECORATORS:
        return Operator(DECORATORS[dotted], decorator=True)
    module, _, name = dotted.rpartition(".")
    if module in _FAMILIES:
        pattern, external = _FAMILIES[module]
        return Operator(name, external) if re.fullmatch(pattern, name) else None
    return _OPERATORS.get(dotted)
