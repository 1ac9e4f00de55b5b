"""The peer's web application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer.settings")

from bench.peer.celery import app

app.set_default()
application = get_wsgi_application()
