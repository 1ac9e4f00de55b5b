"""What tests of the API share."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def api(client, world):
    """GET or POST as the lab's service account; ``by`` signs a person in instead."""

    def call(method: str, path: str, content=None, *, by: str = ""):
        headers = {} if by else {"Authorization": f"Bearer {world.token}"}
        if by:
            client.force_login(getattr(world.cast, by), backend="django.contrib.auth.backends.ModelBackend")
        body = json.dumps(content) if content is not None else None
        act = getattr(client, method)
        return (
            act(f"/api/v1/{path}", body, content_type="application/json", headers=headers)
            if body
            else act(f"/api/v1/{path}", headers=headers)
        )

    return call
