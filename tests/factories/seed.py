"""``python -m tests.factories.seed TARGET_URL``: migrates, makes the world of the tests, prints its token."""

import sys
from types import SimpleNamespace

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from governance.actors import DEMONSTRATION  # noqa: E402
from governance.signing import keys  # noqa: E402
from tests.factories.cast import make_cast  # noqa: E402
from tests.factories.deciding import engineer, put_policies_in_force, released  # noqa: E402
from tests.factories.documents import put_into_production  # noqa: E402
from tests.factories.world import make_world  # noqa: E402

call_command("migrate", verbosity=0)
if settings.HUB_SEAL_KEY_FILE:
    call_command("seal_key", if_missing=True, verbosity=0)
world = make_world(make_cast(), SimpleNamespace(url=sys.argv[1]))
if settings.HUB_ENVIRONMENT == "production":  # where an interface without its approved document takes nothing
    keys.register(by=DEMONSTRATION, reason="The first key of a test")
    author = engineer()
    put_policies_in_force(world.cast, author)
    released(world.cast, author, put_into_production(author).number)
print(world.token)
