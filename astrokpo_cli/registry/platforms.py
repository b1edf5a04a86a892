"""The platforms of an image, read from its index, or from its manifest's config (OCI image-spec; Docker's v2.2)."""

import json
import re
from typing import Any, NamedTuple

from astrokpo_cli.registry.proof import Answer

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CONFIG_TYPES = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_WORD = r"[a-z0-9][a-z0-9._-]{0,31}"


class Config(NamedTuple):
    """Where the platform of a single manifest stands: in the blob of its config."""

    digest: str


def read_manifest(document: bytes) -> tuple[str, ...] | Config | Answer:
    """Give the platforms of an index, or where a manifest's config is; an Answer for what is no image."""
    manifest = _object(document)
    if manifest is None or manifest.get("schemaVersion") not in (1, 2):
        return Answer("not-a-registry", "what it gave is no manifest")
    if manifest["schemaVersion"] == 1:
        return Answer("not-an-image", "its manifest is of Docker's first schema, which nodes no longer pull")
    if isinstance(manifest.get("manifests"), list):
        return _platforms_of_index(manifest["manifests"])
    config = manifest.get("config")
    if not isinstance(config, dict) or not _is_digest(config.get("digest")):
        return Answer("not-a-registry", "what it gave is no manifest")
    if config.get("mediaType") not in _CONFIG_TYPES:
        return Answer("not-an-image", "it is an artifact of another kind")
    return Config(config["digest"])


def read_config(document: bytes) -> tuple[str, ...] | Answer:
    """Give the one platform that an image's config names; none where it does not say."""
    config = _object(document)
    if config is None:
        return Answer("not-a-registry", "what it gave is no image's config")
    platform = platform_of(config)
    return (platform,) if platform else ()


def platform_of(mapping: dict[str, Any]) -> str:
    """Give OS/ARCHITECTURE[/VARIANT] of an object with these fields; empty where they are not there."""
    parts = [mapping.get("os"), mapping.get("architecture"), mapping.get("variant") or None]
    words = [part for part in parts if isinstance(part, str) and re.fullmatch(_WORD, part.lower())]
    if len(words) < 2 or parts[0] not in words or parts[1] not in words:
        return ""
    return "/".join(word.lower() for word in words)


def _platforms_of_index(manifests: list[Any]) -> tuple[str, ...] | Answer:
    """Give each platform once; attestations name none (unknown/unknown), an entry without one fits everywhere."""
    found: dict[str, None] = {}
    for entry in manifests:
        platform = entry.get("platform") if isinstance(entry, dict) else None
        if platform is None:
            return ()
        name = platform_of(platform) if isinstance(platform, dict) else ""
        if name and name != "unknown/unknown":
            found[name] = None
    return tuple(found) or Answer("not-an-image", "its index names no image")


def _is_digest(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[a-z0-9+._-]{1,32}:[0-9a-f]{32,128}", text) is not None


def _object(document: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
