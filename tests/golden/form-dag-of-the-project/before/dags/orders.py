from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from include.base import AcmeDAG, make_dag

with AcmeDAG("orders"):
    KubernetesPodOperator(task_id="extract", image="ghcr.io/acme/etl:1.4")

with make_dag("returns"):
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")
