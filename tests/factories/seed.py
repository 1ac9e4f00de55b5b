"""``python -m tests.factories.seed TARGET_URL``: migrates, makes the world of the tests, prints its token."""

import sys
from types import SimpleNamespace

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.factories.cast import make_cast  # noqa: E402
from tests.factories.world import make_world  # noqa: E402

call_command("migrate", verbosity=0)
world = make_world(make_cast(), SimpleNamespace(url=sys.argv[1]))
print(world.token)
