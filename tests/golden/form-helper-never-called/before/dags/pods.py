from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def pod(task_id):
    return KubernetesPodOperator(task_id=task_id, image="ghcr.io/acme/etl:1.4")


def pod_of(dag, task_id):
    return KubernetesPodOperator(dag=dag, task_id=task_id, image="ghcr.io/acme/etl:1.4")
