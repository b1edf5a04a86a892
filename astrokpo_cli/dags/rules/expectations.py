"""What a project says of itself, against which its tasks are judged.

PURE.
"""

from typing import NamedTuple

from astrokpo_cli.dags.private import PrivateImages, beginning_of, find_private
from astrokpo_cli.dags.values import Value
from astrokpo_cli.dags.versions import Versions


class Expectations(NamedTuple):
    """What is expected of DAG code."""

    private: tuple[PrivateImages, ...] = ()
    """The images that need a pull secret; empty where the project does not say."""
    versions: Versions = Versions()

    def may_need_secret(self, image: Value | None) -> bool:
        """Whether IMAGE is private, or may be for all that is known."""
        if find_private(image, self.private) or not self.private:
            return True
        name = beginning_of(image)
        # "ghcr.io/" is known of f"ghcr.io/{team}/etl": it may be one of ghcr.io/acme.
        return not name or (name.endswith("/") and any(each.prefix.startswith(name) for each in self.private))

    def secrets_for(self, image: Value | None) -> tuple[str, ...]:
        """Give the pull secrets that serve IMAGE; empty where one of its prefixes does not name any."""
        matching = [each for each in self.private if find_private(image, (each,))]
        names = tuple(dict.fromkeys(each.secret for each in matching if each.secret))
        return names if all(each.secret for each in matching) else ()
