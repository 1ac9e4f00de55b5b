"""Saved views: a list with its filters under a name, for one person or for everybody with a role."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now

from governance.ids import uuid7
from governance.models import Person


class SavedView(models.Model):
    """A view is an address: ``query`` is the query string of ``listing``. It holds no rows and gives no right."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", null=True)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "listing", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return f"{self.listing}: {self.name}"
