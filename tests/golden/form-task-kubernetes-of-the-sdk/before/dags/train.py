from airflow.sdk import dag, task


@dag
def train():
    @task.kubernetes(image="ghcr.io/acme/ml:2.0")
    def fit():
        print("fitted")

    fit()


@dag(default_args={"image_pull_secrets": "ghcr-io-pull"})
def score():
    @task.kubernetes(image="ghcr.io/acme/ml:2.0", name="predict")
    def predict():
        print("predicted")

    predict()


train()
score()
