"""What the tickets state, held against what the files hold: from files to orders, before any cluster is asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from astrokpo_cli.commands.opening import Received, in_file, pass_gate, receive
from astrokpo_cli.errors import AstrokpoError, quote
from astrokpo_cli.gate import GateClosed
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret

if TYPE_CHECKING:
    from astrokpo_cli.keys.identities import Identity


class Ticket(NamedTuple):
    """What support was told, by another way than the file."""

    namespace: str | None
    fingerprint: str | None
    """Of the only file, or its beginning."""
    fingerprints: Mapping[str, str]
    """Of many: by the file's path as written, or by its name."""
    name: str | None
    """A name for the secret that support prefers."""

    def stated_for(self, file: str) -> str | None:
        """Give the fingerprint that the ticket states for FILE, if it states one."""
        return self.fingerprint or self.fingerprints.get(file) or self.fingerprints.get(PurePath(file).name)


class Order(NamedTuple):
    """A pull secret that has passed the gate and is to be applied."""

    file: str
    fingerprint: str
    verified: bool
    """Whether the ticket's fingerprint was this file's."""
    secret: PullSecret


def open_all(
    out: Output, names: Sequence[str], identities: "Sequence[Identity]", ticket: Ticket, now: datetime
) -> tuple[Order, ...]:
    """Open every file and put it through the gate; raises one GateClosed that names each file that must not pass.

    Nothing has been written then, anywhere.
    """
    orders: list[Order] = []
    refusals: list[AstrokpoError] = []
    for name in out.progress(names, "opening", total=len(names)):
        try:
            orders.append(_open(name, identities, ticket, now))
            out.trace(f"opened {name}, fingerprint {orders[-1].fingerprint}")
        except AstrokpoError as err:
            refusals.append(in_file(err, name))
    refusals.extend(_rivals(orders))
    if len(names) == len(refusals) == 1:
        raise refusals[0]
    if refusals:
        for refusal in refusals:
            out.error(refusal, document=False)
        messages = "; ".join(refusal.message for refusal in refusals[:20])
        raise GateClosed(
            f"{len(refusals)} of {len(names)} files are refused, and nothing was applied: {messages}",
            "leave them out to apply the others",
        )
    return tuple(orders)


def _open(file: str, identities: "Sequence[Identity]", ticket: Ticket, now: datetime) -> Order:
    received = receive(file)
    verified = _check_fingerprint(received, ticket.stated_for(file))
    secret = pass_gate(received, identities, now)
    if ticket.namespace is not None and secret.namespace != ticket.namespace:
        raise GateClosed(
            f"it is for the namespace {quote(secret.namespace)}, and the ticket says {quote(ticket.namespace)}",
            "ask the sender which is right; a handoff for another namespace must be made anew",
        )
    return Order(file, received.fingerprint, verified, secret._replace(name=ticket.name or secret.name))


def _check_fingerprint(received: Received, stated: str | None) -> bool:
    if stated is None:
        return False
    if not received.has_fingerprint(stated):
        raise GateClosed(
            f"its fingerprint is {received.fingerprint}, and the ticket says {stated}",
            "it is not the file that the ticket is about: ask the sender for that",
        )
    return True


def _rivals(orders: Sequence[Order]) -> Iterator[AstrokpoError]:
    """Object to every file that is for the same secret as an earlier one."""
    first: dict[tuple[str, str], str] = {}
    for order in orders:
        place = order.secret.namespace, order.secret.name
        if place in first:
            yield GateClosed(f"{quote(order.file)} and {quote(first[place])} are both for {'/'.join(place)}")
        else:
            first[place] = order.file
