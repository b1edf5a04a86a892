"""Image references, parsed and normalised as docker, containerd and the kubelet do.

PURE. The grammar and the rules of normalisation are those of github.com/distribution/reference
(`ParseNormalizedNamed`); what it refuses is refused here.
"""

import re
from typing import NamedTuple

from astrokpo_cli.errors import InvalidValue, quote, without_user

DOCKER_HUB = "docker.io"
"""The registry of an image that names none."""

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_WORD = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = (
    rf"(?:(?P<registry>{_HOST})/)?(?P<repository>{_WORD}(?:/{_WORD})*)"
    rf"(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>{_DIGEST}))?"
)
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_REPOSITORY_LENGTH = 255


class ImageReference(NamedTuple):
    """An image by its full name; `nginx` is docker.io/library/nginx."""

    registry: str
    """Host, with the port if one was given; docker.io for Docker Hub."""
    repository: str
    """The path below the host, such as acme/etl."""
    tag: str | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        """The reference without tag and digest: what a kubelet looks credentials up for."""
        return f"{self.registry}/{self.repository}" if self.registry else self.repository

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


def parse_image(text: str) -> ImageReference:
    """Parse and normalise TEXT; raises InvalidValue where distribution/reference has an error."""
    if re.fullmatch("[a-f0-9]{64}", text):
        raise _invalid(text, "64 hexadecimal digits are an image id, not a name")
    registry, remainder = _split_registry(text)
    path = remainder.partition(":")[0]
    if path.lower() != path:
        raise _invalid(text, "the repository must be lower case")
    match = re.fullmatch(_REFERENCE, f"{registry}/{remainder}", re.ASCII)
    if match is None:
        raise _invalid(text, "expected [HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]")
    if len(match["repository"]) > _REPOSITORY_LENGTH:
        raise _invalid(text, f"the repository is longer than {_REPOSITORY_LENGTH} characters")
    if match["digest"] and not _valid_digest(match["digest"]):
        raise _invalid(text, "the digest must be sha256, sha384 or sha512 and its lower-case hexadecimal digits")
    return ImageReference(match["registry"] or "", match["repository"], match["tag"], match["digest"])


def parse_registry(text: str) -> str:
    """Give the host of TEXT, which is HOST[:PORT] or a URL of it, as an image names it; raises InvalidValue."""
    scheme, mark, rest = text.rpartition("://")
    host, slash, path = (rest if mark else text).partition("/")
    known = scheme in ("", "http", "https") and path in ("", "v1", "v1/", "v2", "v2/")
    if not known or (slash and not mark) or not re.fullmatch(_HOST, host):
        raise InvalidValue(
            f"{quote(without_user(text))} is not a registry", "give its host, such as ghcr.io or localhost:5000"
        )
    return DOCKER_HUB if host == "index.docker.io" else host


def _split_registry(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash:
        return DOCKER_HUB, f"library/{text}"
    if first == "index.docker.io":
        first = DOCKER_HUB
    elif first != "localhost" and not set(first) & set(".:") and first.lower() == first:
        return DOCKER_HUB, text
    if first == DOCKER_HUB and "/" not in rest:
        rest = f"library/{rest}"
    return first, rest


def _valid_digest(digest: str) -> bool:
    algorithm, _, digits = digest.partition(":")
    return len(digits) == _DIGEST_LENGTHS.get(algorithm) and re.fullmatch(r"[a-f0-9]+", digits) is not None


def _invalid(text: str, reason: str) -> InvalidValue:
    return InvalidValue(
        f"{quote(without_user(text) if '://' in text else text)} is not an image reference",
        f"{reason}, such as ghcr.io/acme/etl:1.4",
    )
