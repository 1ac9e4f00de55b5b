"""Bearer tokens of service accounts for the DRF doors."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from hub.api.tokens import bearer


class ServiceToken(BaseAuthentication):
    """``request.user`` is the ServiceAccount, ``request.auth`` the Bearer."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        found = bearer(header)
        if found is None:
            raise AuthenticationFailed("The bearer token is unknown, expired or revoked.")
        return found.account, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="interlock"'
