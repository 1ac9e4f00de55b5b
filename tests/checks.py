"""``python -m tests.checks``: Django's own checks and complete migrations, in a home of their own."""

import os

from tests import environment  # noqa: F401 - sets the environment before Django's settings are read

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

import django

django.setup()

from django.core.management import call_command

call_command("check", fail_level="WARNING")
call_command("makemigrations", check=True, dry_run=True)
