"""Which images are private, and which pull secret serves them, as the project says.

PURE. A prefix is HOST or HOST/PATH; a path ends where a part of the image's name ends.
"""

from collections.abc import Iterable
from typing import NamedTuple

from astrokpo_cli.dags.values import Text, Value
from astrokpo_cli.errors import InvalidValue, quote, without_user
from astrokpo_cli.images import parse_image, parse_registry

PLATFORM_SECRETS = frozenset({"image-pull-secret", "per-dp-registry-pull-secret"})
"""Astro's own pull secrets, for the Deployment's own image; they are in every namespace and not ours to judge."""


class PrivateImages(NamedTuple):
    """Images that need a pull secret."""

    prefix: str
    """HOST or HOST/PATH, as an image's full name begins."""
    secret: str | None
    """The pull secret that serves them; None where that is not known."""


def parse_prefix(text: str) -> str:
    """Give TEXT, HOST[:PORT] or HOST[:PORT]/PATH, as full names of images begin; raises InvalidValue."""
    host, slash, path = text.rstrip("/").partition("/")
    if "." not in host and ":" not in host and host != "localhost":
        raise InvalidValue(
            f"{quote(without_user(text))} is not the beginning of an image's full name",
            "give HOST or HOST/PATH, such as ghcr.io/acme",
        )
    registry = parse_registry(host)
    return f"{registry}/{parse_image(f'{registry}/{path}/x').repository.removesuffix('/x')}" if slash else registry


def beginning_of(image: Value | None) -> str:
    """Give what is certain of the full name of IMAGE, such as ghcr.io/acme/etl, without tag and digest.

    Ends in a part that is whole, or, where the rest is not known, with a "/". Empty where nothing is certain.
    """
    if not isinstance(image, Text):
        return ""
    if image.complete:
        try:
            return parse_image(image.text).name
        except InvalidValue:
            return ""
    known = image.text
    whole = known.rpartition("/")[0] + "/" if "/" in known else ""
    last = known[len(whole) :]
    host = whole.partition("/")[0]
    if not whole or not (set(host) & set(".:") or host == "localhost"):
        return ""
    try:
        name = parse_image(f"{whole}x").name.removesuffix("x")
    except InvalidValue:
        return ""
    # "etl:" or "etl@": the name of the repository has ended before the text does.
    ended = last.partition("@")[0].partition(":")[0] if set(last) & set(":@") else ""
    return f"{name}{ended}" if ended else name


def registry_of(image: Value | None) -> str:
    """Give the registry of IMAGE; empty where it is not known."""
    return beginning_of(image).partition("/")[0]


def find_private(image: Value | None, private: Iterable[PrivateImages]) -> PrivateImages | None:
    """Give the longest prefix of PRIVATE that IMAGE begins with; None where it is private by none, or may be by one."""
    name = beginning_of(image)
    matching = [each for each in private if _begins(name, each.prefix)]
    return max(matching, key=lambda each: len(each.prefix), default=None)


def _begins(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}/")
