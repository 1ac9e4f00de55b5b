"""The WSGI application; in embedded mode it brings its own dispatcher. It refuses a database of another build."""

import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

application: Callable[..., Any] = get_wsgi_application()

from hub import telemetry  # noqa: E402 - needs the apps
from hub.database import schema  # noqa: E402
from hub.embedded import start_in_web_process  # noqa: E402
from hub.memory import settle_down  # noqa: E402

settle_down()
telemetry.start("web")
application = schema.Door(application, start_in_web_process)
