"""Tests against a real Kubernetes cluster, which ASTROKPO_TEST_KUBECONFIG names; `make test-cluster` runs them."""
