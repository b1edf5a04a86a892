from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load") as dag:
	KubernetesPodOperator(
	    task_id="load",
	  	image="ghcr.io/acme/etl:1",
        cmds=["etl"],
	)
