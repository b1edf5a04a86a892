"""The tests: each asserts a rule of docker, the kubelet, age, the API server or DESIGN's promises."""
