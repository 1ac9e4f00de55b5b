"""The peer's Celery application."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer.settings")

app = Celery("peer")
app.config_from_object("django.conf:settings", namespace="CELERY")
if os.environ.get("PEER_TUNED") == "yes":
    app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000
app.conf.imports = ("bench.peer.tasks",)
