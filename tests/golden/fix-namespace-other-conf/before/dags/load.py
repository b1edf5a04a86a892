from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

conf = {("kubernetes", "NAMESPACE"): 1}
print(conf.get("kubernetes", "NAMESPACE"))

with DAG("load") as dag:
    KubernetesPodOperator(task_id="load", image="python:3.12")
