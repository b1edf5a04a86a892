def add_secret(params):
    params["image_pull_secrets"] = "ghcr-io-pull"
