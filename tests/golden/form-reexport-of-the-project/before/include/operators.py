from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

__all__ = ["KubernetesPodOperator"]
