#!/usr/bin/env python
# vim: set fileencoding=cp1252 :
from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load", description="5 € – a load") as dag: KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
