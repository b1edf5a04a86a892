"""The demo's stand-in for age-keygen: writes a throw-away identity to a file and prints its public half."""

import sys
from pathlib import Path

import pyrage

if __name__ == "__main__":
    identity = pyrage.x25519.Identity.generate()
    key = Path(sys.argv[1])
    key.touch(mode=0o600, exist_ok=False)
    key.write_text(f"{identity}\n")
    print(identity.to_public())
