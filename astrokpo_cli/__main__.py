"""`python -m astrokpo_cli` is `astrokpo`."""

import sys

from astrokpo_cli.cli import main

sys.exit(main())
