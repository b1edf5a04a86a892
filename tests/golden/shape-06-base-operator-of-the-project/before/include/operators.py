from airflow.models import BaseOperator


class PlatformBaseOperator(BaseOperator):
    def __init__(self, *, image, image_pull_secrets=None, **kwargs):
        super().__init__(**kwargs)
        self.image = image
        self.image_pull_secrets = image_pull_secrets or []


class SegmentOperator(PlatformBaseOperator):
    def __init__(self, **kwargs):
        super().__init__(image_pull_secrets=["registry-secret"], **kwargs)
