def pod_params(size):
    return {"labels": {"size": size}}
