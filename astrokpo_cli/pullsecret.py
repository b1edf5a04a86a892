"""The pull secret, and its form as a Kubernetes manifest.

PURE. The manifest is what the cluster must hold and nothing else: a Secret of type kubernetes.io/dockerconfigjson
with one label, astrokpo's annotations and one data key. Format "1", described at `to_manifest`.
"""

import json
import re
from binascii import b2a_base64
from datetime import datetime
from typing import Any, NamedTuple

from astrokpo_cli.credentials import RegistryCredential, encode_auth
from astrokpo_cli.errors import InvalidValue, is_private_key, quote
from astrokpo_cli.timespan import rfc3339

FORMAT = "1"
"""The version of the manifest's form, in the annotation astrokpo/format."""

SECRET_TYPE = "kubernetes.io/dockerconfigjson"  # noqa: S105 - a type's name
DATA_KEY = ".dockerconfigjson"
MANAGED_BY = {"app.kubernetes.io/managed-by": "astrokpo"}

MAX_DATA = 1024 * 1024
"""Kubernetes' limit for all data of a Secret together, in bytes (pkg/apis/core: MaxSecretSize)."""
MAX_ANNOTATIONS = 256 * 1024
"""Kubernetes' limit for all annotations of an object together, in bytes (TotalAnnotationSizeLimitB)."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"


class PullSecret(NamedTuple):
    """Credentials for one namespace, under the name that a DAG will use."""

    name: str
    namespace: str
    credentials: tuple[RegistryCredential, ...]
    """At least one, each with its own key."""
    created_at: datetime
    not_after: datetime | None = None
    """The instant after which support refuses to apply it; None: never."""
    images: tuple[str, ...] = ()
    """Full references of the images that it was made for."""
    deployment: str | None = None
    """A label for people, such as the Deployment's name."""
    credentials_expire_at: datetime | None = None
    """The instant at which the first of the credentials dies, where one says so."""

    @property
    def registries(self) -> tuple[str, ...]:
        """The hosts of the credentials, sorted."""
        return tuple(sorted({credential.host for credential in self.credentials}))


def check_name(name: str) -> str:
    """Give NAME back when a Secret may have it: a DNS-1123 subdomain of at most 253 characters."""
    if len(name) > 253 or not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", name):
        raise InvalidValue(
            f"{quote(name)} is not a name for a secret",
            "use at most 253 lower-case letters, digits, '-' and '.', a letter or digit first and last in each part",
        )
    return name


def check_namespace(namespace: str) -> str:
    """Give NAMESPACE back when a namespace may have it: a DNS-1123 label of at most 63 characters."""
    if len(namespace) > 63 or not re.fullmatch(_LABEL, namespace):
        raise InvalidValue(
            f"{quote(namespace)} is not a namespace",
            "copy it from the Deployment's details in the Astro UI; it looks like geocentric-supernova-1234",
        )
    return namespace


def check_deployment(label: str) -> str:
    """Give LABEL back when it is one printable line of at most 253 characters."""
    if not label or len(label) > 253 or not label.isprintable() or is_private_key(label):
        raise InvalidValue(
            f"{quote(label)} is not a deployment's label", "use one printable line of at most 253 characters"
        )
    return label


def default_name(hosts: tuple[str, ...]) -> str:
    """Name a pull secret after its registry: ghcr.io is ghcr-io-pull; several are registries-pull."""
    if len(hosts) != 1:
        return "registries-pull"
    label = re.sub(r"[^a-z0-9]+", "-", hosts[0].lower()).strip("-")
    return f"{label[: 253 - len('-pull')].rstrip('-')}-pull"


def docker_config_json(secret: PullSecret) -> bytes:
    """Give the value of the data key: {"auths": {KEY: {"auth": base64(user:password)}}} in ASCII."""
    auths = {cred.key: {"auth": encode_auth(cred.username, cred.password)} for cred in secret.credentials}
    return json.dumps({"auths": auths}).encode("ascii")


def to_manifest(secret: PullSecret) -> dict[str, Any]:
    """Give the manifest of SECRET, format 1.

    Annotations: astrokpo/format, created-at and not-after (RFC 3339, UTC, whole seconds; not-after is left out for
    never), registries and images (sorted, comma-separated; images is left out when there are none), and where known
    deployment and credentials-expire-at. Raises InvalidValue for what the API server would refuse by its size.
    """
    config = docker_config_json(secret)
    annotations = _annotations(secret)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": check_name(secret.name),
            "namespace": check_namespace(secret.namespace),
            "labels": dict(MANAGED_BY),
            "annotations": annotations,
        },
        "type": SECRET_TYPE,
        "data": {DATA_KEY: b2a_base64(config, newline=False).decode("ascii")},
    }


def check_size(secret: PullSecret) -> None:
    """Raise InvalidValue where the API server would refuse SECRET for its size."""
    size = len(docker_config_json(secret))
    if size > MAX_DATA:
        raise InvalidValue(f"the credentials are {size} bytes; a Secret holds at most {MAX_DATA}")
    if sum(len(key) + len(value) for key, value in _annotations(secret).items()) > MAX_ANNOTATIONS:
        raise InvalidValue("the list of images is longer than a Secret's annotations may be", "name fewer with --image")


def _annotations(secret: PullSecret) -> dict[str, str]:
    annotations = {
        "astrokpo/format": FORMAT,
        "astrokpo/created-at": rfc3339(secret.created_at),
        "astrokpo/registries": ",".join(secret.registries),
    }
    if secret.not_after:
        annotations["astrokpo/not-after"] = rfc3339(secret.not_after)
    if secret.images:
        annotations["astrokpo/images"] = ",".join(sorted(set(secret.images)))
    if secret.deployment:
        annotations["astrokpo/deployment"] = secret.deployment
    if secret.credentials_expire_at:
        annotations["astrokpo/credentials-expire-at"] = rfc3339(secret.credentials_expire_at)
    return annotations
