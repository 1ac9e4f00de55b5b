"""The demonstration family: one that works and five that fail in a known way.

Training, screenshots, validation scripts and end-to-end tests all use them.
"""

from .connector import Demo, DemoFlaky, DemoHalted, DemoMute, DemoRejecting, DemoSilent

__all__ = ["Demo", "DemoFlaky", "DemoHalted", "DemoMute", "DemoRejecting", "DemoSilent"]
