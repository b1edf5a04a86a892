from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

dag = DAG("load", default_args={"owner": "acme"})
KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", dag=dag)
KubernetesPodOperator(task_id="more", image="ghcr.io/acme/more:1", dag=dag)
