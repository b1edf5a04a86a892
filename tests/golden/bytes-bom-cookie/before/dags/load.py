# -*- coding: utf-8 -*-
from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("load-é") as dag:
    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1")
