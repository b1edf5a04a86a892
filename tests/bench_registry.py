"""`make bench`, the registry part: many images offline, and online beside skopeo, against a registry on loopback."""

import base64
import json
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import ASTROKPO, fastest, seconds_of, tell
from tests.registries import PASSWORD, ROBOT, Registry, registry, seed

IMAGES = 1000


def run() -> None:
    """Print the figures; run in a folder that may be written to."""
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": Path("config.json").read_text()},
    }
    Path("secret.json").write_text(json.dumps(manifest))
    images = [f"ghcr.io/acme/etl-{number}:1.4" for number in range(IMAGES)]
    offline = [ASTROKPO, "registry", "check", "--offline", "--json", "--manifest", "secret.json", "--", *images]
    took = min(seconds_of(offline) for _ in range(3))
    sys.stdout.write(f"registry check --offline of {IMAGES} images: {took:.2f} s (goal: under 2 s)\n")
    if shutil.which("skopeo") and shutil.which("docker-registry"):
        with tempfile.TemporaryDirectory() as folder, registry("token", Path(folder)) as served:
            seed(served)
            bench_online(served)


def bench_online(served: Registry) -> None:
    """Compare with skopeo, which asks the same: the manifest and, for its platform, the config."""
    auth = base64.b64encode(f"{ROBOT}:{PASSWORD}".encode()).decode()
    Path("auth.json").write_text(json.dumps({"auths": {served.host: {"auth": auth}}}))
    names = ("acme/etl:1.4", "acme/etl:oci", "acme/multi:1", "acme/list:1")
    images = [served.image(name) for name in names]
    check = [ASTROKPO, "registry", "check", "--via", "registry", "--docker-config", "auth.json", *images]
    inspect = "skopeo inspect --authfile auth.json --tls-verify=false --no-tags"
    theirs = ["sh", "-c", "; ".join(f"{inspect} docker://{shlex.quote(image)} >/dev/null" for image in images)]
    tell(f"registry check of {len(names)} images / skopeo inspect of each", *fastest(check, theirs), goal="none set")
