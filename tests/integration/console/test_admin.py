"""Django's admin is a reading room: nobody changes a role, or anything else, without a reason."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from governance.actors import DEMONSTRATION
from governance.guard.context import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(world):
    """An administrator who may do whatever the admin offers."""
    person = world.cast.olga
    with change(by=DEMONSTRATION, reason="An administrator for a test"):
        person.is_staff = person.is_superuser = True
        person.save()
    return person


@pytest.mark.parametrize("act", ["has_add_permission", "has_change_permission", "has_delete_permission"])
def test_nothing_can_be_written_in_the_admin(rf, ada, act):
    request = rf.get("/admin/")
    request.user = ada
    assert admin.site._registry  # there is something to read
    for registered in admin.site._registry.values():
        assert getattr(registered, act)(request) is False


def test_a_role_cannot_be_added_without_a_reason(ada):
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/admin/auth/group/add/", {"name": "sneaky"})
    assert answer.status_code == 403
    assert not Group.objects.filter(name="sneaky").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_is_not_changed_here(ada, method):
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert getattr(client, method)("/admin/password_change/").status_code == 404
    assert "password_change" not in client.get("/admin/").content.decode()
