"""How fast `secret apply` is on the cluster that ASTROKPO_TEST_KUBECONFIG names; `make bench` calls `run`.

All in one namespace, which goes afterwards. Everything is measured with as many new secrets, so that each side writes.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astrokpo_cli import handoff
from astrokpo_cli.cluster import Cluster, connect
from astrokpo_cli.credentials import Password, RegistryCredential
from astrokpo_cli.pullsecret import PullSecret, to_manifest
from tests.bench import ASTROKPO, fastest, tell

HANDOFFS = int(os.environ.get("ASTROKPO_BENCH_HANDOFFS", "1000"))
JOBS = 16
PIPELINES = 20
"""How many of the pipelines are run; their time is scaled."""


def run(kubeconfig: str) -> None:
    """Run every benchmark of apply against the cluster of the file KUBECONFIG; in a folder that may be filled."""
    from pyrage import x25519

    allow_long_lines()
    identity = x25519.Identity.generate()
    Path("key").write_text(f"{identity}\n")
    with connect(kubeconfig, None, JOBS) as cluster, namespace_in(cluster) as namespace:
        made = [seal(identity, namespace, f"bench-{number}") for number in range(HANDOFFS)]
        bare = bench_bare(kubeconfig, namespace)
        room = bench_room(cluster, namespace)
        whole, peak = bench_command(kubeconfig, made)
        if shutil.which("age") and shutil.which("kubectl"):
            pipelines = bench_pipelines(kubeconfig, identity, namespace)
            tell(f"{HANDOFFS} times age -d | kubectl apply / secret apply", pipelines, whole, "at least 40")
        if shutil.which("hyperfine"):
            bench_single(kubeconfig, identity, namespace)
    tell(f"{HANDOFFS} applies by a bare urllib3 pool / by secret apply, start included", bare, whole, "at least 0.6")
    tell(f"{HANDOFFS} applies by a bare urllib3 pool / previews and applies of the room", bare, room, "at least 0.6")
    sys.stdout.write(f"peak memory of secret apply of {HANDOFFS}: {peak:.0f} MB (goal: under 300 of 100,000)\n")


def secret(namespace: str, name: str) -> PullSecret:
    credential = RegistryCredential("ghcr.io", "robot", Password("not-a-real-password"), "bench")
    return PullSecret(name, namespace, (credential,), created_at=datetime.now(UTC).replace(microsecond=0))


def seal(identity: Any, namespace: str, name: str) -> str:
    """Write a handoff; gives its file."""
    path = Path(f"{name}.age")
    path.write_bytes(handoff.seal(secret(namespace, name), [identity.to_public()]))
    return str(path)


@contextmanager
def namespace_in(cluster: Cluster) -> Iterator[str]:
    from tests.cluster.conftest import Admin

    admin = Admin(cluster)
    name = admin.create_namespace()
    try:
        yield name
    finally:
        admin.remove_namespace(name)


def bench_bare(kubeconfig: str, namespace: str) -> float:
    """Time urllib3 and nothing else: each secret applied once."""
    import urllib3
    from kubernetes.config import new_client_from_config

    known = new_client_from_config(kubeconfig).configuration
    keys = {"ca_certs": known.ssl_ca_cert, "cert_file": known.cert_file, "key_file": known.key_file}
    verified = {**keys, "cert_reqs": ssl.CERT_REQUIRED if known.verify_ssl else ssl.CERT_NONE}
    pool = urllib3.connection_from_url(
        known.host, maxsize=JOBS, block=True, **(verified if known.host.startswith("https") else {})
    )
    headers = {"Content-Type": "application/apply-patch+yaml"}
    headers |= {setting["key"]: setting["value"] for setting in known.auth_settings().values()}

    def apply(number: int) -> None:
        manifest = to_manifest(secret(namespace, f"bare-{number}"))
        path = f"/api/v1/namespaces/{namespace}/secrets/bare-{number}?fieldManager=bare"
        assert pool.request("PATCH", path, body=json.dumps(manifest), headers=headers).status == 201

    return seconds_of_all(apply)


def bench_room(cluster: Cluster, namespace: str) -> float:
    """Time previews and applies in this process."""
    manifests = [to_manifest(secret(namespace, f"room-{number}")) for number in range(HANDOFFS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(JOBS) as pool:
        previews = list(pool.map(lambda wanted: cluster.preview(wanted, take_over=False), manifests))
        applied = pool.map(
            lambda wanted, preview: cluster.apply(wanted, take_over=False, preview=preview), manifests, previews
        )
        assert {result.outcome for result in applied} == {"created"}
    return time.perf_counter() - started


def seconds_of_all(apply: Any) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(apply, range(HANDOFFS)))
    return time.perf_counter() - started


def command(kubeconfig: str, files: Sequence[str]) -> list[str]:
    flags = ["--kubeconfig", kubeconfig, "--identity", "key", "--yes", "--accept-unverified", "--reply", "none"]
    return [ASTROKPO, "secret", "apply", *flags, "--jobs", str(JOBS), *files]


def bench_command(kubeconfig: str, files: Sequence[str]) -> tuple[float, float]:
    """Give the seconds of one run of the command for all FILES, and its peak memory in MB."""
    started = time.perf_counter()
    running = subprocess.Popen(command(kubeconfig, files), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def allow_long_lines() -> None:
    """Let child processes have 100,000 names in a command line, which may fill a quarter of the stack."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = 64 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_STACK, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def bench_pipelines(kubeconfig: str, identity: Any, namespace: str) -> float:
    """Time today's way for some, scaled to all."""
    files = [seal(identity, namespace, f"pipeline-{number}") for number in range(PIPELINES)]
    script = f"age -d -i key $0 | kubectl --kubeconfig {kubeconfig} apply --server-side -f -"
    started = time.perf_counter()
    for file in files:
        subprocess.run(["sh", "-c", script, file], check=True, capture_output=True)
    return (time.perf_counter() - started) * HANDOFFS / PIPELINES


def bench_single(kubeconfig: str, identity: Any, namespace: str) -> None:
    """Compare one apply with the import that it cannot do without; the runs after the first say unchanged."""
    single = command(kubeconfig, [seal(identity, namespace, "single")])
    bare = [sys.executable, "-c", "from kubernetes import client, config"]
    tell("a single secret apply / importing the kubernetes client", *fastest(single, bare), goal="at most 1.25")


def main() -> None:
    """Run it alone: python -m tests.bench_apply, in a folder of its own."""
    kubeconfig = str(Path(os.environ["ASTROKPO_TEST_KUBECONFIG"]).resolve())
    folder = Path(".bench") / f"apply-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    os.chdir(folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run(kubeconfig)


if __name__ == "__main__":
    main()
