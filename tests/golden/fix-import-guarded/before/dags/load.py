from airflow import DAG

try:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
except ImportError:
    from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="python:3.12")
