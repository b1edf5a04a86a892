"""Images FROM scratch, made by hand: no image is ever downloaded. `images` gives all that test registries hold."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from functools import cache
from typing import Any, NamedTuple

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
HELM = "application/vnd.cncf.helm.config.v1+json"

Platform = dict[str, str]
AMD64: Platform = {"architecture": "amd64", "os": "linux"}
ARM64: Platform = {"architecture": "arm64", "os": "linux"}
ARM64_V8: Platform = {**ARM64, "variant": "v8"}
NO_PLATFORM: Platform = {"architecture": "unknown", "os": "unknown"}


class Blob(NamedTuple):
    """Bytes with their media type: a config, a layer, a manifest."""

    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    @property
    def descriptor(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content)}


class Image(NamedTuple):
    """A manifest, and what must be there before it: blobs, and manifests with their own blobs."""

    manifest: Blob
    blobs: tuple[Blob, ...] = ()
    images: tuple[Image, ...] = ()


def docker_image(platform: Platform) -> Image:
    """Make an image of Docker's media types, FROM scratch."""
    config = Blob("application/vnd.docker.container.image.v1+json", _image_config(platform))
    layer = Blob("application/vnd.docker.image.rootfs.diff.tar.gzip", gzip.compress(_layer(), mtime=0))
    return _image(DOCKER, config, layer)


def oci_image(platform: Platform) -> Image:
    """Make an image of the OCI's media types, FROM scratch."""
    config = Blob("application/vnd.oci.image.config.v1+json", _image_config(platform))
    layer = Blob("application/vnd.oci.image.layer.v1.tar+gzip", gzip.compress(_layer(), mtime=0))
    return _image(OCI, config, layer)


def attestation() -> Image:
    """Make what a build puts beside an image to say how it was made: a manifest for no platform."""
    config = Blob("application/vnd.oci.image.config.v1+json", _image_config(NO_PLATFORM))
    statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2"}
    return _image(OCI, config, Blob("application/vnd.in-toto+json", json.dumps(statement).encode()))


def chart() -> Image:
    """Make a Helm chart: an artifact that no container can be made of."""
    config = Blob(HELM, json.dumps({"name": "chart", "version": "1", "apiVersion": "v2"}).encode())
    layer = Blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", gzip.compress(_layer(), mtime=0))
    return _image(OCI, config, layer)


def index(media_type: str, *parts: tuple[Image, Platform]) -> Image:
    """Make an index of PARTS; those of no platform are attestations of the first."""
    first = parts[0][0].manifest.digest
    about = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": first}
    manifests = [
        {**part.manifest.descriptor, "platform": platform} | ({"annotations": about} if platform == NO_PLATFORM else {})
        for part, platform in parts
    ]
    content = {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}
    return Image(Blob(media_type, json.dumps(content).encode()), images=tuple(part for part, _ in parts))


def _image(media_type: str, config: Blob, layer: Blob) -> Image:
    content = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": config.descriptor,
        "layers": [layer.descriptor],
    }
    return Image(Blob(media_type, json.dumps(content).encode()), (config, layer))


def _layer() -> bytes:
    """Give a tar archive of one file, the same on every call."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        file = tarfile.TarInfo("etl")
        file.size = 5
        tar.addfile(file, io.BytesIO(b"acme\n"))
    return archive.getvalue()


def _image_config(platform: Platform) -> bytes:
    layers = [f"sha256:{hashlib.sha256(_layer()).hexdigest()}"]
    content = {
        **platform,
        "created": "2026-01-01T00:00:00Z",
        "config": {"Entrypoint": ["/etl"]},
        "rootfs": {"type": "layers", "diff_ids": layers},
        "history": [{"created": "2026-01-01T00:00:00Z", "created_by": "COPY etl /"}],
    }
    return json.dumps(content).encode()


@cache
def images() -> dict[str, Image]:
    """Give what every registry holds, by REPOSITORY:TAG."""
    both = ((docker_image(AMD64), AMD64), (docker_image(ARM64), ARM64_V8))
    return {
        "acme/etl:1.4": docker_image(AMD64),
        "acme/etl:oci": oci_image(AMD64),
        "acme/multi:1": index(
            OCI_INDEX, (oci_image(AMD64), AMD64), (oci_image(ARM64), ARM64_V8), (attestation(), NO_PLATFORM)
        ),
        "acme/list:1": index(DOCKER_LIST, *both),
        "acme/arm:1": docker_image(ARM64),
        "acme/armindex:1": index(OCI_INDEX, (oci_image(ARM64), ARM64)),
        "acme/chart:1": chart(),
        "other/thing:1": docker_image(AMD64),
        "public/tool:1": docker_image(AMD64),
    }
