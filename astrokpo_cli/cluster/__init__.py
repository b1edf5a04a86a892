"""A Kubernetes cluster, and server-side apply of a pull secret to it.

OUT. `connect` reads the kubeconfig through the kubernetes client; `Cluster.preview` asks the server what an apply
would do, `Cluster.apply` does it. The client is imported when `connect` is called; its models never are.
"""

from astrokpo_cli.cluster.apply import ApplyResult, Cluster, Outcome, Preview
from astrokpo_cli.cluster.connect import connect
from astrokpo_cli.cluster.refusals import ClusterProblem

__all__ = ["ApplyResult", "Cluster", "ClusterProblem", "Outcome", "Preview", "connect"]
