def common_kpo_kwargs(size):
    return {"labels": {"size": size}, "get_logs": True}
