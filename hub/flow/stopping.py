"""The wish of this process to end: asked between two messages, so that nothing is broken off in the middle."""

from __future__ import annotations

import threading

stopping = threading.Event()
