from airflow import DAG
from airflow.configuration import conf
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(
        task_id="load",
        image="ghcr.io/acme/etl:1",
        namespace=conf.get("kubernetes", "NAMESPACE"),
    )
