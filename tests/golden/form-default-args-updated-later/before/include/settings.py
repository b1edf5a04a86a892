def get_default_args():
    return {"owner": "data", "retries": 2}
