#!/usr/bin/env python
"""Run a command of the hub."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here. `make run` makes the environment and starts the hub."
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
