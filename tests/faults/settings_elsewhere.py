"""The settings of the tests, in the zone that the environment names.

Django itself sets TZ from TIME_ZONE: a TZ in the environment alone would change nothing.
"""

from __future__ import annotations

import os

from treatyflow.settings.test import *

TIME_ZONE = os.environ["TREATYFLOW_TEST_ZONE"]
