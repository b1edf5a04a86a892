from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class SalesOperator(KubernetesPodOperator):
    ui_color = "#ffefeb"
