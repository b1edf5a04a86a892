"""Where the handoffs go, and what is said about them.

Part of `secret create`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli import files, handoff
from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.dags.snippet import Airflow, Form, Snippet, render
from astrokpo_cli.errors import FileProblem, UsageProblem
from astrokpo_cli.keys.recipients import Recipient
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret, to_manifest
from astrokpo_cli.timespan import for_people, rfc3339


class Written(NamedTuple):
    """One handoff (or plain manifest) that has been written."""

    namespace: str
    file: str | None
    """None: standard output."""
    fingerprint: str | None
    """None for a plain manifest: with its digest the password could be guessed."""


class Delivery(NamedTuple):
    """What the flags say about the result."""

    output: str | None
    force: bool
    plaintext: bool

    @property
    def to_stdout(self) -> bool:
        """Whether the handoff, or the manifest, itself goes to standard output."""
        return self.output == "-" or (self.plaintext and self.output is None)

    def check(self, *, json: bool, namespaces: int, sealing: bool) -> None:
        """Raise UsageProblem where the flags do not go together."""
        if json and self.to_stdout:
            raise UsageProblem("--json and the result both want standard output", "give --output FILE")
        if self.plaintext and sealing:
            raise UsageProblem("--plaintext goes with no recipient", "leave out --plaintext to seal")
        if self.output == "-" and namespaces > 1 and not self.plaintext:
            raise UsageProblem("several handoffs do not fit on standard output", "give --output FOLDER")

    def targets(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Give the file for each of NAMES, handoffs' default names; empty for standard output.

        Raises FileProblem where one must not be written.
        """
        if self.to_stdout:
            return ()
        folder, targets = self._places([self._file_name(name) for name in names])
        for target in targets if folder is None or files.is_folder(folder) else ():
            files.check_free(target, replace=self.force)
        return tuple(targets)

    def write(
        self, out: Output, secrets: Sequence[PullSecret], targets: Sequence[Path], recipients: Sequence[Recipient]
    ) -> tuple[tuple[Written, ...], tuple[FileProblem, ...]]:
        """Seal SECRETS and write them to TARGETS; goes on past a file that cannot be written, and gives what failed."""
        if self.to_stdout:
            return self._print(out, secrets, recipients), ()
        if self.output is not None and targets[0] != Path(self.output):
            files.make_folder(targets[0].parent)
        written: list[Written] = []
        problems: list[FileProblem] = []
        pairs = zip(secrets, targets, strict=True)
        for secret, target in out.progress(pairs, "sealing", total=len(secrets)):
            try:
                written.append(self._write_one(secret, target, recipients))
            except FileProblem as err:
                problems.append(err)
        if not written:
            raise problems[0]
        return tuple(written), tuple(problems)

    def _print(
        self, out: Output, secrets: Sequence[PullSecret], recipients: Sequence[Recipient]
    ) -> tuple[Written, ...]:
        contents = [self._content(secret, recipients) for secret in secrets]
        out.product("---\n".join(content.decode("ascii") for content in contents))
        return tuple(
            Written(secret.namespace, None, self._fingerprint(content))
            for secret, content in zip(secrets, contents, strict=True)
        )

    def _write_one(self, secret: PullSecret, target: Path, recipients: Sequence[Recipient]) -> Written:
        content = self._content(secret, recipients)
        files.write(target, content, replace=self.force)
        return Written(secret.namespace, str(target), self._fingerprint(content))

    def _fingerprint(self, content: bytes) -> str | None:
        return None if self.plaintext else handoff.fingerprint(content)

    def _content(self, secret: PullSecret, recipients: Sequence[Recipient]) -> bytes:
        if not self.plaintext:
            return handoff.seal(secret, [recipient.age for recipient in recipients])
        import yaml

        return yaml.safe_dump(to_manifest(secret), sort_keys=False, width=2**30, encoding="ascii")

    def _file_name(self, name: str) -> str:
        return name.removesuffix(".age") + ".yaml" if self.plaintext else name

    def _places(self, names: Sequence[str]) -> tuple[Path | None, list[Path]]:
        """Give the folder that the flag names, if it is one, and the file for each of NAMES."""
        if self.output is None:
            return None, [Path(name) for name in names]
        path = Path(self.output)
        if len(names) == 1 and not files.is_folder(path) and not self.output.endswith(("/", os.sep)):
            return None, [path]
        return path, [path / name for name in names]


def report(
    out: Output,
    delivery: Delivery,
    written: Sequence[Written],
    secrets: Sequence[PullSecret],
    recipients: Sequence[Recipient],
    problems: Sequence[FileProblem],
    airflow: Airflow,
) -> None:
    """Say what was made, the code that uses it in AIRFLOW, what to do next and what could not be written."""
    secret = secrets[0]
    image = secret.images[0] if secret.images else None
    snippet = render(Snippet(Form.TASK, airflow, secrets=(secret.name,), image=image))
    if delivery.plaintext:
        out.warn("this is the pull secret itself, not sealed: whoever reads it has the passwords")
    for problem in problems:
        out.error(problem, document=False)
    if out.json:
        out.document({**_failures(problems), **_document(delivery, written, secret, recipients, snippet)})
    elif not (delivery.to_stdout and delivery.plaintext):
        _tell(out, delivery, written, secret, recipients, snippet)


def _failures(problems: Sequence[FileProblem]) -> dict[str, object]:
    if not problems:
        return {}
    message = "; ".join(problem.message for problem in problems)
    return {"error": {"message": message, "hint": problems[0].hint, "code": problems[0].exit_code}}


def _document(
    delivery: Delivery, written: Sequence[Written], secret: PullSecret, recipients: Sequence[Recipient], snippet: str
) -> dict[str, object]:
    return {
        "sealed": not delivery.plaintext,
        "handoffs": [
            {"file": each.file, "fingerprint": each.fingerprint, "namespace": each.namespace, "name": secret.name}
            for each in written
        ],
        "registries": [
            {"registry": credential.host, "username": credential.username, "source": credential.source}
            for credential in secret.credentials
        ],
        "images": list(secret.images),
        "deployment": secret.deployment,
        "created_at": rfc3339(secret.created_at),
        "not_after": rfc3339(secret.not_after) if secret.not_after else None,
        "credentials_expire_at": rfc3339(secret.credentials_expire_at) if secret.credentials_expire_at else None,
        "recipients": [recipient.text for recipient in recipients],
        "snippet": snippet,
    }


def _tell(
    out: Output,
    delivery: Delivery,
    written: Sequence[Written],
    secret: PullSecret,
    recipients: Sequence[Recipient],
    snippet: str,
) -> None:
    aside = delivery.to_stdout
    out.fields([*(_one(written[0]) if len(written) == 1 else ()), *_common(secret, recipients)], to_stderr=aside)
    if len(written) > 1:
        # The form of sha256sum, which can check the files by it.
        lines = (f"{each.fingerprint}  {each.file}\n" if each.fingerprint else f"{each.file}\n" for each in written)
        out.product("\n" + "".join(lines))
    out.line("\nin the DAG:\n", to_stderr=aside)
    out.code(snippet, to_stderr=aside)
    if not delivery.plaintext:
        out.line(f"\n{_next_step(written)}", to_stderr=aside)


def _one(written: Written) -> list[tuple[str, str]]:
    if written.fingerprint is None:
        return [("file", written.file or "standard output"), ("namespace", written.namespace)]
    return [
        ("file", written.file or "standard output"),
        ("fingerprint", written.fingerprint),
        ("namespace", written.namespace),
    ]


def _common(secret: PullSecret, recipients: Sequence[Recipient]) -> list[tuple[str, str]]:
    expiry = secret.credentials_expire_at
    return [
        ("secret", secret.name),
        *(("registry", _describe(credential)) for credential in secret.credentials),
        *((("image", image)) for image in secret.images),
        ("not after", for_people(secret.not_after) if secret.not_after else "never"),
        *((("credential dies", for_people(expiry)),) if expiry else ()),
        *(("recipient", recipient.text) for recipient in recipients),
    ]


def _describe(credential: RegistryCredential) -> str:
    return f"{credential.host}, user {credential.username}, from {credential.source}"


def _next_step(written: Sequence[Written]) -> str:
    if len(written) > 1:
        return "next: send the files to support in a ticket, and put the lines with the fingerprints into it"
    each = written[0]
    return (
        "next: send the file to support in a ticket, and put these two lines into it:\n"
        f"namespace: {each.namespace}\nfingerprint: {each.fingerprint}"
    )
