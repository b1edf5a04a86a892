REGISTRY = "ghcr.io/acme"
EXTRACT = f"{REGISTRY}/extract:1.4"
LOAD = f"{REGISTRY}/load:2.0"
LINT = "python:3.12"
