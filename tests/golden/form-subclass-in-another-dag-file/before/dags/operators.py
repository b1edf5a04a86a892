from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


class EtlOperator(KubernetesPodOperator):
    template_fields = (*KubernetesPodOperator.template_fields, "labels")
