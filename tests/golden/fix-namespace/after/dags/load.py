from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image="python:3.12",
        namespace=(conf.get("kubernetes", "NAMESPACE", fallback=None) or conf.get("kubernetes_executor", "NAMESPACE", fallback="default")),  # ours
    )
