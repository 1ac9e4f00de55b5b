"""Loaded before Django's settings (pyproject.toml names it): tests have a home of their own and reach loopback."""

import os
import tempfile

os.environ.setdefault("HUB_HOME", tempfile.mkdtemp(prefix="interlock-test-"))
os.environ.setdefault("HUB_NETWORK_ALLOWED", "127.0.0.0/8,localhost,::1")
os.environ.setdefault("HUB_LOG_LEVEL", "ERROR")
