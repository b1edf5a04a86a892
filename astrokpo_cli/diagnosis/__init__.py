"""What a kubelet would do with credentials for an image, and why it does not do what a person expects.

PURE. `kubelet` decides what matches. `examine` has something to say of each match, `nearmiss` of each key that only
looks as if it matched.
"""

from astrokpo_cli.diagnosis.examine import Diagnosis, Examiner, ignored_entries
from astrokpo_cli.diagnosis.nearmiss import NearMiss, near_miss

__all__ = ["Diagnosis", "Examiner", "NearMiss", "ignored_entries", "near_miss"]
