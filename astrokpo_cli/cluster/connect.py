"""From a kubeconfig, or a pod's service account, to a cluster.

OUT. The kubernetes client reads the kubeconfig, runs its exec plugins and renews its tokens. What it logs is taken
in, and what it raises is told by its kind: its texts quote the kubeconfig and what a plugin printed.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from astrokpo_cli.cluster.apply import Cluster
from astrokpo_cli.cluster.exchange import PATIENT, Exchange, Line, Patience
from astrokpo_cli.cluster.kubeconfig import choose, find_files, read
from astrokpo_cli.cluster.refusals import ClusterProblem
from astrokpo_cli.errors import quote, visible

IN_CLUSTER = "in-cluster (the pod's service account)"
"""What stands for a context's name in a pod."""
FRESH_SECONDS = 10.0
"""How long credentials are used before the client is asked again; it renews them a minute or more before they end."""


def connect(kubeconfig: str | None, context: str | None, connections: int, patience: Patience = PATIENT) -> Cluster:
    """Give the cluster of CONTEXT in the file KUBECONFIG, by default the current one where kubectl looks for it.

    In a pod without a kubeconfig it is the pod's own cluster. Up to CONNECTIONS requests may be under way at once.
    Nothing is sent to the server yet, but exec plugins run. Raises ClusterProblem.
    """
    files = find_files(kubeconfig)
    name = choose(read(files), context) if files else _in_cluster(context)
    client = _load(name, connections, kubeconfig=os.pathsep.join(files))
    base = _base_url(client.configuration.host, name)
    authorize = Credentials(client.configuration, name, patience.now).headers
    return Cluster(Exchange(_line(client.rest_client.pool_manager, base, authorize), patience), name, _shown(base))


def _line(manager: Any, base: str, authorize: Callable[[], Mapping[str, str]]) -> Line:
    # Threads above the pool's size wait, rather than open connections that are thrown away after one request.
    manager.connection_pool_kw["block"] = True
    if manager.proxy and base.startswith("http:"):
        # Only the manager knows how such a proxy is asked.
        return Line(manager, base, _shown(base), manager.clear, authorize)
    # Every request goes to one host: its pool spares a tenth of the time that the manager takes to find it.
    pool = manager.connection_from_url(base)
    return Line(pool, urlsplit(base).path, _shown(base), manager.clear, authorize)


class Credentials:
    """The headers that say who we are, from the client's configuration, renewed by its own rules."""

    def __init__(self, configuration: Any, context: str, now: Callable[[], float]) -> None:
        self._configuration = configuration
        self._context = context
        self._now = now
        self._lock = threading.Lock()
        self._headers: Mapping[str, str] = {}
        self._until = float("-inf")

    def headers(self) -> Mapping[str, str]:
        """Give them; raises ClusterProblem when they cannot be renewed."""
        with self._lock:
            if self._now() >= self._until:
                self._headers = self._renewed()
                self._until = self._now() + FRESH_SECONDS
            return self._headers

    def _renewed(self) -> Mapping[str, str]:
        with _quiet(self._context):
            settings = self._configuration.auth_settings()
        return {setting["key"]: str(setting["value"]).strip() for setting in settings.values() if setting["value"]}


def _in_cluster(context: str | None) -> str:
    """Give the name of the pod's own cluster; raises ClusterProblem outside of a pod."""
    if not os.environ.get("KUBERNETES_SERVICE_HOST"):
        raise ClusterProblem(
            "there is no kubeconfig", "give --kubeconfig FILE, or set KUBECONFIG; ~/.kube/config is not there either"
        )
    if context is not None:
        raise ClusterProblem(
            f"there is no kubeconfig to look up the context {quote(context)}", "give --kubeconfig, or no --context"
        )
    return IN_CLUSTER


def _load(context: str, connections: int, kubeconfig: str) -> Any:
    """Give the kubernetes client for CONTEXT; runs exec plugins."""
    from kubernetes.client import ApiClient, Configuration
    from kubernetes.config import load_incluster_config, new_client_from_config
    from urllib3 import disable_warnings

    # It warns of every request to a cluster whose certificate the kubeconfig says not to check.
    disable_warnings()
    configuration = Configuration(host="")
    configuration.connection_pool_maxsize = connections
    with _quiet(context):
        if not kubeconfig:
            load_incluster_config(client_configuration=configuration)
            return ApiClient(configuration)
        return new_client_from_config(kubeconfig, context, client_configuration=configuration)


@contextmanager
def _quiet(context: str) -> Iterator[None]:
    """Let the client load or renew credentials; what it logs or raises becomes a ClusterProblem without its text."""
    heard = _Heard()
    logger = logging.getLogger()
    logger.addHandler(heard)
    try:
        yield
    # Auth providers and plugins raise what they like, and some quote the credential.
    except Exception as err:  # noqa: BLE001
        raise _unusable(context, err) from None
    finally:
        logger.removeHandler(heard)
    if heard.complaint is not None:
        raise _plugin_failed(context, heard.complaint)


class _Heard(logging.Handler):
    """Takes what the client logs about an exec plugin: it goes on without credentials after that."""

    complaint: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "root" and record.module == "kube_config":
            self.complaint = record.getMessage()


def _unusable(context: str, err: Exception) -> ClusterProblem:
    if context == IN_CLUSTER:
        return ClusterProblem(
            "the pod's service account cannot be used", "the pod may have automountServiceAccountToken: false"
        )
    what = "names a file that is not there" if str(err).startswith("File does not exist") else "cannot be used"
    return ClusterProblem(
        f"the context {quote(context)} {what}", "see whether kubectl can: kubectl auth whoami --context NAME"
    )


def _plugin_failed(context: str, complaint: str) -> ClusterProblem:
    """Say how the exec plugin of CONTEXT failed, without what it printed."""
    status = re.match(r"exec: process returned (-?\d+)", complaint)
    if complaint.startswith("[Errno 2]"):
        what, hint = "is not installed", "install the program that the kubeconfig names as this user's exec command"
    elif complaint.startswith("[Errno 13]"):
        what, hint = "may not be run", "make the program that the kubeconfig names executable"
    else:
        what = f"failed with status {status[1]}" if status else "gave no credentials"
        hint = "log in again; this shows what it says: kubectl auth whoami --context NAME"
    return ClusterProblem(f"the exec plugin of the context {quote(context)} {what}", hint)


def _base_url(host: str, context: str) -> str:
    """Give the server's URL to put paths behind; raises ClusterProblem when it is none."""
    try:
        parts = urlsplit(host)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ClusterProblem(
            f"the context {quote(context)} names no server", "its cluster needs a server: https://HOST:PORT"
        )
    return host.rstrip("/")


def _shown(base: str) -> str:
    parts = urlsplit(base)
    return visible(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
