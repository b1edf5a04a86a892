"""Why an exchange with a registry came to nothing, in our own words."""

from collections.abc import Iterator, Sequence
from ssl import SSLCertVerificationError, SSLEOFError, SSLError, SSLZeroReturnError
from typing import NamedTuple, NoReturn

from astrokpo_cli.errors import quote, visible
from astrokpo_cli.registry.proof import Answer


class NoAnswer(Exception):
    """The exchange came to nothing; `answer` says why. It does not leave this package."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.kind)
        self.answer = answer


class Limits(NamedTuple):
    """How long it may take, in seconds, until a server has answered."""

    connect: float = 5.0
    """For one of its addresses."""
    read: float = 10.0
    """Between two pieces of an answer."""
    total: float = 30.0
    """For all of it, with every redirect."""


def refuse(detail: str) -> NoReturn:
    """Say that a server asks for what no server gets; raises NoAnswer."""
    raise NoAnswer(Answer("untrusted", detail))


def refuse_address(host: str) -> NoReturn:
    """Say that HOST, which is not the registry's, is at an address of this machine or network; raises NoAnswer."""
    refuse(f"it sends us to {quote(host)}, which is not a public address, nor the registry's own host")


def is_ended(err: Exception) -> bool:
    """Whether the other side has ended the connection before it answered anything."""
    ends = (ConnectionError, SSLEOFError, SSLZeroReturnError)
    return any(isinstance(cause, ends) for cause in _causes(err))


def explain(err: Exception, limits: Limits) -> Answer:
    """Say why an exchange failed, by the kind of ERR and what is inside it, never by its text."""
    causes = list(_causes(err))
    names = {type(cause).__name__ for cause in causes}
    untrusted = [cause.verify_message or "" for cause in causes if isinstance(cause, SSLCertVerificationError)]
    if "ProxyError" in names:
        return Answer("unreachable", f"the proxy {'has no trusted certificate' if untrusted else 'gives no way to it'}")
    if untrusted or "CertificateError" in names:
        return Answer("certificate", visible("".join(untrusted[:1])).rstrip(".") or "it is for another host")
    if _has_no_authorities(err, causes):
        return Answer("certificate", "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file of certificates")
    for kinds, text in _KINDS:
        if names & kinds:
            return Answer("unreachable", text.format(limits=limits))
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return Answer("unreachable", cause.strerror.lower())
    if names & _BROKEN:
        return Answer("unreachable", "it broke the connection off, or its answer is no HTTP")
    return Answer("failed", type(err).__name__)


_KINDS = (
    ({"SSLError", "SSLEOFError", "SSLZeroReturnError"}, "it does not speak TLS, or not as it should"),
    ({"NameResolutionError", "gaierror"}, "its name cannot be resolved"),
    ({"ConnectTimeoutError", "ConnectTimeout"}, "no connection within {limits.connect:g} s"),
    ({"ReadTimeoutError", "ReadTimeout", "TimeoutError"}, "silent for {limits.read:g} s"),
    (
        # Our own URLs are sound when they get there, so it is the proxy's.
        {"InvalidProxyURL", "InvalidSchema", "InvalidURL", "LocationParseError", "ProxySchemeUnknown"},
        "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names no proxy that can be used",
    ),
)
_BROKEN = {"RemoteDisconnected", "ProtocolError", "IncompleteRead", "ChunkedEncodingError", "InvalidHeader"}


def _has_no_authorities(err: Exception, causes: Sequence[BaseException]) -> bool:
    """Whether the file of trusted certificates is missing, as requests says it, or broken, as OpenSSL does."""
    if type(err) is OSError and err.errno is None:
        return True
    return any(isinstance(cause, SSLError) and cause.library in ("X509", "PEM") for cause in causes)


def _causes(err: BaseException) -> Iterator[BaseException]:
    """Give ERR and what is inside it: causes, contexts, and the reasons that urllib3 and requests carry."""
    seen: set[int] = set()
    waiting: list[object] = [err]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
