"""Docker configs -> credentials, exactly as the docker CLI (and podman) would find them.

IN. `parse` reads one file's bytes, `places` says which files there are and in which order, `helper` talks to one
credential helper, and `lookup` puts them together. The docker CLI (docker/cli v29) is the referee.
"""
