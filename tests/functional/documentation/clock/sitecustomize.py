"""Python runs this at the start of each process of a hub whose pictures are taken: its clock begins at HUB_TEST_NOW."""

import os
from datetime import datetime

import time_machine

if wanted := os.environ.get("HUB_TEST_NOW"):
    time_machine.travel(datetime.fromisoformat(wanted), tick=True).start()
