"""The demo's stand-in for age-keygen and age -d, so that it runs where age is not installed."""

import base64
import json
import sys
from pathlib import Path

import pyrage


def keygen(key: Path) -> None:
    """Write a new identity to KEY, readable by its owner alone, and print its recipient."""
    identity = pyrage.x25519.Identity.generate()
    key.touch(mode=0o600, exist_ok=False)
    key.write_text(f"{identity}\n")
    print(identity.to_public())


def show(key: Path, handoff: Path) -> None:
    """Open HANDOFF with KEY and print its manifest without the passwords."""
    identity = pyrage.x25519.Identity.from_str(key.read_text().strip())
    manifest = json.loads(pyrage.decrypt(handoff.read_bytes(), [identity]))
    auths = json.loads(base64.b64decode(manifest["data"][".dockerconfigjson"]))["auths"]
    users = {key: base64.b64decode(auth["auth"]).partition(b":")[0].decode() for key, auth in auths.items()}
    manifest["data"] = {".dockerconfigjson": {"auths": {key: f"{user}:***" for key, user in users.items()}}}
    print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    action, *paths = sys.argv[1:]
    {"keygen": keygen, "open": show}[action](*map(Path, paths))
