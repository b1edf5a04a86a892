"""DAG code: the snippet that uses a pull secret. PURE."""
