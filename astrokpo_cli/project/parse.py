"""astrokpo.toml -> settings, strictly: what is not known, of the wrong kind or looks like a secret is refused.

IN. Errors name the file, the line where that can be told, and the key; never a value. Imported where there is a file.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from astrokpo_cli.dags.private import PrivateImages, parse_prefix
from astrokpo_cli.errors import InvalidValue, is_private_key, quote
from astrokpo_cli.project.config import FILE, VARIABLES, Settings, check_setting

KEYS = ("namespace", "recipients", "secret", "registries", "airflow", "deployment")

SECRET_WORDS = (
    "accesskey",
    "apikey",
    "auth",
    "clientsecret",
    "credential",
    "identities",
    "identity",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secretkey",
    "token",
)
"""What stands in the name of a key whose value is a secret, without what parts words."""

_RECIPIENT = r"\s*(age1\S+|(ssh-ed25519|ssh-rsa)[ \t]+\S.*)"
_NO_SECRETS = f"take it out of the file; {FILE} never holds a secret, and one that others have seen should be changed"


class _File(NamedTuple):
    """The text, and the name that errors give it."""

    name: str
    text: str

    def at(self, *keys: str) -> str:
        """Give the place of the first of KEYS, keys or texts in lists, that one line alone begins with."""
        for key in filter(None, keys):
            begins = re.compile(rf"""[\s\[{{]*(["']?){re.escape(key)}\1\s*([=.,\]]|$)""")
            lines = [number for number, line in enumerate(self.text.split("\n"), 1) if begins.match(line)]
            if len(lines) == 1:
                return f"{self.name} line {lines[0]}"
        return self.name

    def refuse(self, key: str, what: str, hint: str, entry: object = "") -> NoReturn:
        """Raise InvalidValue: KEY, or its ENTRY, is WHAT."""
        at = self.at(entry if isinstance(entry, str) else "", key)
        raise InvalidValue(f"{at}: {key} {what}", hint)


def parse_toml(content: bytes, name: str) -> Settings:
    """Parse CONTENT; raises InvalidValue."""
    file = _File(name, _decode(content, name))
    document = _load(file)
    _refuse_secrets(file, document)
    for key in document:
        if key not in KEYS:
            _refuse_unknown(file, key)
    texts = {key: _text(file, key, document[key]) for key in VARIABLES if key in document}
    return Settings(
        namespace=texts.get("namespace"),
        secret=texts.get("secret"),
        airflow=texts.get("airflow"),
        deployment=texts.get("deployment"),
        recipients=_recipients(file, document.get("recipients", [])),
        registries=tuple(_registries(file, document.get("registries", []), texts.get("secret"))),
        file=name,
        listed=isinstance(document.get("registries"), list),
    )


def _decode(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidValue(f"{name} is not text in UTF-8", "save it as UTF-8") from None
    for number, line in enumerate(text.split("\n"), 1):
        if is_private_key(line):
            raise InvalidValue(f"{name} line {number}: a private key stands there, which is not shown", _NO_SECRETS)
    return text


def _load(file: _File) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.text)
    except (ValueError, RecursionError) as err:
        # Its message may hold a key: of it the place alone is told.
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)$", str(err))
        where = place[1].replace("document", "the file") if place else "too large a number, or too deep a list"
        raise InvalidValue(
            f"{file.name} is not TOML: {where}", 'each line is KEY = "VALUE", and a host is a key in quotes'
        ) from None


def _refuse_secrets(file: _File, document: Mapping[str, Any]) -> None:
    for key, value, is_prefix in _entries(document):
        plain = re.sub(r"[^a-z]", "", key.lower())
        if not is_prefix and any(word in plain for word in SECRET_WORDS):
            raise InvalidValue(f"{file.at(key)}: {_shown(key)} looks like a secret", _NO_SECRETS)
        if is_private_key(key) or (isinstance(value, str) and is_private_key(value)):
            raise InvalidValue(f"{file.at(key)}: a private key stands there, which is not shown", _NO_SECRETS)


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Give each key at any depth with its value, and whether it is the host of a registry; in lists there is no key."""
    waiting: list[tuple[Any, bool]] = [(document, False)]
    while waiting:
        value, of_registries = waiting.pop()
        for key, each in value.items() if isinstance(value, dict) else (("", each) for each in value):
            yield key, each, of_registries and any(mark in key for mark in "./:")
            if isinstance(each, dict | list):
                waiting.append((each, value is document and key == "registries"))


def _refuse_unknown(file: _File, key: str) -> None:
    from difflib import get_close_matches

    near = get_close_matches(key.lower(), KEYS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(KEYS[:-1])} and {KEYS[-1]}"
    raise InvalidValue(f"{file.at(key)}: {_shown(key)} is not a setting", hint)


def _text(file: _File, key: str, value: Any) -> str:
    if not isinstance(value, str):
        file.refuse(key, "is not text", f'write it in quotes, such as {key} = "…"')
    return check_setting(key, value, f"{file.at(key)}: {key}")


def _recipients(file: _File, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        file.refuse("recipients", "is not a list", 'write recipients = ["age1…"]')
    for number, each in enumerate(value, 1):
        if not isinstance(each, str) or not re.fullmatch(_RECIPIENT, each):
            hint = "support prints its recipient; it begins with age1, ssh-ed25519 or ssh-rsa"
            file.refuse("recipients", f"has at place {number} what is not a recipient", hint, each)
    return tuple(value)


def _registries(file: _File, value: Any, secret: str | None) -> Iterator[PrivateImages]:
    """Give the prefixes of a table with the secret of each, those of a list with SECRET."""
    if not isinstance(value, list | dict):
        file.refuse("registries", "is neither a list nor a table", 'write registries = ["ghcr.io/acme"]')
    seen = set()
    for number, entry in enumerate(value, 1):
        place = f"has at place {number}"
        prefix = _prefix(file, place, entry, value)
        if prefix in seen:
            file.refuse("registries", f"{place} what it has before", "name each once", entry)
        seen.add(prefix)
        yield PrivateImages(prefix, secret if isinstance(value, list) else _secret(file, place, entry, value[entry]))


def _prefix(file: _File, place: str, entry: Any, value: Any) -> str:
    hint = 'give HOST or HOST/PATH in quotes, such as "ghcr.io/acme"'
    try:
        if isinstance(entry, str) and not (isinstance(value, dict) and isinstance(value[entry], dict)):
            return parse_prefix(entry)
    except InvalidValue:
        pass
    return file.refuse("registries", f"{place} what is not the beginning of an image's full name", hint, entry)


def _secret(file: _File, place: str, entry: str, value: Any) -> str:
    if not isinstance(value, str):
        file.refuse("registries", f"{place} what is not text", 'write "ghcr.io/acme" = "NAME OF THE SECRET"', entry)
    return check_setting("secret", value, f"{file.at(entry, 'registries')}: what registries {place}")


def _shown(key: str) -> str:
    """Give KEY where it is a plain word; what is none may be a value in the wrong place."""
    return quote(key) if re.fullmatch(r"[\w-]{1,32}", key, re.ASCII) else "a key"
