"""The WSGI application; in embedded mode it brings its own dispatcher."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

application = get_wsgi_application()

from hub.embedded import start_in_web_process  # noqa: E402 - needs the apps
from hub.memory import settle_down  # noqa: E402

settle_down()
start_in_web_process()
