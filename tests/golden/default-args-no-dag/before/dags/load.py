from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

def add_load(dag):
    return KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1", dag=dag)
