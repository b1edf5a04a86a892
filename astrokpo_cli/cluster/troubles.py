"""Why a request brought no answer: from the exceptions of urllib3, http.client and ssl to words.

The exceptions' own texts are not used: some hold the header that carries the credential.
"""

import ssl
from collections.abc import Callable, Iterator
from http.client import BadStatusLine
from socket import gaierror
from typing import NamedTuple

from astrokpo_cli.errors import visible

CHECK_SERVER = "check the context's server: kubectl config view --minify"


class Trouble(NamedTuple):
    """Why a request brought no answer."""

    message: str
    hint: str
    transient: bool = False
    """Whether the same request may succeed a moment later."""


def trouble_of(err: BaseException, server: str) -> Trouble:
    """Explain ERR, which a request to SERVER raised."""
    causes = tuple(_causes(err))
    for kind, explain in _explanations():
        for cause in causes:
            if isinstance(cause, kind):
                return explain(cause, server)
    return _broken(err, server)


def endless(server: str) -> Trouble:
    """Say that an answer was longer, or slower, than we read."""
    return Trouble(f"{server} sends more than a Kubernetes API does, or sends it too slowly", CHECK_SERVER)


def _explanations() -> tuple[tuple[type[BaseException], Callable[[BaseException, str], Trouble]], ...]:
    """Give the kinds of causes, the most telling first."""
    from urllib3.exceptions import ProxyError, SSLError

    return (
        (ProxyError, _proxy),
        (ssl.SSLCertVerificationError, _untrusted),
        (ssl.SSLEOFError, _broken),
        (ssl.SSLError, _tls),
        (SSLError, _tls),
        (gaierror, _unknown_host),
        (ConnectionRefusedError, _refused),
        (TimeoutError, _late),
        (ConnectionError, _broken),
        (BadStatusLine, _not_http),
        (ValueError, _unsendable),
        (OSError, _no_route),
    )


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    """Give ERR and what caused it; urllib3 keeps some causes in an exception's arguments."""
    seen: list[BaseException] = []
    waiting = [err]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            waiting += [cause.__cause__, cause.__context__, *cause.args]


def _proxy(_: BaseException, server: str) -> Trouble:
    return Trouble(
        f"the proxy before {server} cannot be used",
        "check HTTPS_PROXY and NO_PROXY, and proxy-url in the kubeconfig",
        transient=True,
    )


def _untrusted(err: BaseException, server: str) -> Trouble:
    why = visible(str(getattr(err, "verify_message", "") or "it cannot be verified"))
    return Trouble(
        f"the certificate of {server} is not trusted: {why}",
        "check the context's server and certificate-authority; something may sit between you and the cluster",
    )


def _tls(err: BaseException, server: str) -> Trouble:
    # A file that is not PEM has no reason, only a text, which is OpenSSL's own.
    reason = str(getattr(err, "reason", "") or ("pem lib" if "PEM lib" in str(err) else ""))
    reason = reason.replace("_", " ").lower()
    if reason in ("wrong version number", "record layer failure", "packet length too long", "http request"):
        return Trouble(f"{server} does not speak TLS", "check the server's port, and whether it is http, not https")
    if reason in ("pem lib", "key values mismatch", "no certificate or crl found"):
        return Trouble("the context's certificates or key cannot be read", "renew the kubeconfig, or log in again")
    return Trouble(f"no TLS connection to {server}: {visible(reason) or 'the handshake failed'}", CHECK_SERVER)


def _unknown_host(_: BaseException, server: str) -> Trouble:
    hint = "check the network, a VPN that the cluster needs, and the context's server"
    return Trouble(f"the host of {server} is not known", hint, transient=True)


def _refused(_: BaseException, server: str) -> Trouble:
    return Trouble(f"nothing listens at {server}", "check that the cluster is up; " + CHECK_SERVER, transient=True)


def _late(_: BaseException, server: str) -> Trouble:
    hint = "check the network, and a VPN that the cluster needs; then run it again"
    return Trouble(f"{server} does not answer in time", hint, transient=True)


def _broken(_: BaseException, server: str) -> Trouble:
    return Trouble(
        f"the connection to {server} broke", "run it again: what is applied already stays as it is", transient=True
    )


def _not_http(_: BaseException, server: str) -> Trouble:
    return Trouble(f"{server} does not speak HTTP", CHECK_SERVER)


def _unsendable(_: BaseException, server: str) -> Trouble:
    return Trouble(
        f"no request can be sent to {server} with the context's credentials",
        "a token with a line break, or a malformed server: log in again, or renew the kubeconfig",
    )


def _no_route(err: BaseException, server: str) -> Trouble:
    why = visible(getattr(err, "strerror", None) or "no connection")
    return Trouble(
        f"there is no way to {server}: {why.lower()}",
        "check the network, and a VPN that the cluster needs",
        transient=True,
    )
