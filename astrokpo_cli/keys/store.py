"""Identities in the OS keyring, by name.

IN/OUT. The service is "astrokpo", the user is the identity's name. A keyring cannot be asked for its users, so one
more entry lists the names with their public recipients. Everything that is stored is read back and compared.
"""

import json
import re
from contextlib import suppress

from astrokpo_cli.errors import InvalidValue, quote
from astrokpo_cli.keys.backend import KeyringHung, KeyringProblem, ask, class_name

__all__ = ["KeyringProblem", "check_free", "check_name", "delete", "load", "names", "store", "unknown"]

SERVICE = "astrokpo"
DEFAULT_NAME = "default"

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_INDEX = "index of identities"  # it has blanks, so no identity can be named so


def check_name(name: str) -> str:
    """Give NAME back if an identity can be called so; raises InvalidValue, which does not show a private key."""
    if _NAME.fullmatch(name):
        return name
    shown = "a private key" if name.strip().upper().startswith("AGE-") else quote(name)
    raise InvalidValue(f"{shown} is not the name of an identity", "a name is 1 to 64 of A-Z a-z 0-9 . _ -")


def names() -> dict[str, str]:
    """Give the recipient of each name that is listed, in the order of storing; raises KeyringProblem."""
    text = _get(_INDEX)
    if text is None:
        return {}
    with suppress(ValueError, RecursionError):
        return _checked(json.loads(text))
    raise KeyringProblem(
        f"has a damaged list of identities (service {SERVICE}, user {quote(_INDEX)})",
        "remove that entry with the keyring's own program, then list each identity again:"
        " astrokpo key export NAME | astrokpo key import - --name NAME; ",
    )


def load(name: str) -> str | None:
    """Give the identity NAME as text, listed or not; None if there is none. Raises KeyringProblem."""
    return _get(check_name(name))


def check_free(name: str, text: str) -> bool:
    """Whether NAME is free; False if it is this very identity's already. Raises InvalidValue if it is another's."""
    there = load(name)
    if there is None:
        return True
    if there == text:
        return False
    raise InvalidValue(
        f"the OS keyring holds another identity named {quote(name)}",
        f"give another --name; astrokpo key delete {name} removes the old one, and with it what opens its handoffs",
    )


def store(name: str, text: str, recipient: str) -> None:
    """Store the identity TEXT as NAME and list it with its RECIPIENT; again is no error.

    What cannot be stored whole is removed. Raises InvalidValue if NAME is another's, and KeyringProblem.
    """
    new = check_free(name, text)
    listed = names()
    try:
        if new:
            _put(name, text)
        _put(_INDEX, json.dumps({**listed, name: recipient}))
    except KeyringProblem as err:
        if new and not isinstance(err, KeyringHung):
            with suppress(KeyringProblem):
                ask(lambda keyring: keyring.delete_password(SERVICE, name))
        raise


def delete(name: str) -> None:
    """Remove the identity NAME and take it off the list, as far as it is there; raises KeyringProblem."""
    listed = names()
    if load(name) is not None:
        ask(lambda keyring: keyring.delete_password(SERVICE, name))
        if load(name) is not None:
            raise KeyringProblem(f"did not remove {quote(name)}", "remove it with the keyring's own program; ")
    if listed.pop(name, None) is not None:
        _put(_INDEX, json.dumps(listed))


def unknown(name: str) -> InvalidValue:
    """Say that there is no identity NAME, and which there are; raises KeyringProblem."""
    listed = names()
    if name in listed:
        return InvalidValue(
            f"the OS keyring lists {quote(name)} and has lost it", f"astrokpo key delete {name} takes it off the list"
        )
    return InvalidValue(
        f"the OS keyring has no identity {quote(name)}",
        f"it has {', '.join(listed)}" if listed else "it has none; astrokpo key generate makes one",
    )


def _checked(listed: object) -> dict[str, str]:
    """Give the list if it has the form of ours; raises ValueError."""
    entries = listed.items() if isinstance(listed, dict) else [("", None)]
    if not all(_NAME.fullmatch(name) and isinstance(recipient, str) for name, recipient in entries):
        raise ValueError("not as it was written")
    return dict(entries)


def _get(user: str) -> str | None:
    text: object = ask(lambda keyring: keyring.get_password(SERVICE, user))
    if text is None or isinstance(text, str):
        return text
    raise KeyringProblem("gave something that is no text")


def _put(user: str, text: str) -> None:
    """Store TEXT and read it back: the null backend keeps nothing and says nothing."""
    ask(lambda keyring: keyring.set_password(SERVICE, user, text))
    kept = _get(user)
    if kept != text:
        what = "did not keep what was stored in it" if kept is None else "altered what was stored in it"
        raise KeyringProblem(f"{what} ({ask(class_name)})")
