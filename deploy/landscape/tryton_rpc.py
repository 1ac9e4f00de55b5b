"""A small JSON-RPC client for the landscape's own programs: they act as persons of Tryton, not as the hub."""

from __future__ import annotations

import base64
import json
import urllib.request
from decimal import Decimal
from typing import Any


class TrytonRefused(Exception):
    """Tryton answered with an error of its own; the text is Tryton's."""


class Tryton:
    """One session of one person."""

    def __init__(self, url: str, database: str, user: str, password: str) -> None:
        self.endpoint = f"{url}/{database}/rpc/"
        self.headers = {"Content-Type": "application/json"}
        uid, token, *_ = self._post("common.db.login", [user, {"password": password}, "en"])
        session = base64.b64encode(f"{user}:{uid}:{token}".encode()).decode()
        self.headers["Authorization"] = f"Session {session}"
        self.context = self.call("res.user", "get_preferences", True)

    def call(self, model: str, method: str, *args: Any, context: dict | None = None) -> Any:
        context = {**getattr(self, "context", {}), **(context or {})}
        return self._post(f"model.{model}.{method}", [*args, context])

    def create(self, model: str, **values: Any) -> int:
        return self.call(model, "create", [values])[0]

    def write(self, model: str, ids: list[int], **values: Any) -> None:
        self.call(model, "write", ids, values)

    def find(self, model: str, *domain: Any) -> list[int]:
        return self.call(model, "search", list(domain), 0, None, [["id", "ASC"]])

    def one(self, model: str, *domain: Any) -> int:
        found = self.find(model, *domain)
        if len(found) != 1:
            raise TrytonRefused(f"Tryton has {len(found)} records of {model} with {domain}; one was wanted.")
        return found[0]

    def read(self, model: str, domain: list, fields: list[str]) -> list[dict]:
        return self.call(model, "search_read", domain, 0, None, [["id", "ASC"]], fields)

    def data_id(self, module: str, name: str) -> int:
        """The record that a Tryton module shipped under this name."""
        return self.call("ir.model.data", "get_id", module, name)

    def _post(self, method: str, params: list) -> Any:
        body = json.dumps({"id": 0, "method": method, "params": params}, default=_typed).encode()
        request = urllib.request.Request(self.endpoint, body, self.headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = json.loads(answer.read(), object_hook=_untyped)
        if "error" in content:
            raise TrytonRefused(f"{method}: {str(content['error'][:2])[:500]}")
        return content["result"]


def _typed(value: Any) -> dict:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    raise TypeError(f"{type(value).__name__} has no form in Tryton's JSON here")


def _untyped(value: dict) -> Any:
    return Decimal(value["decimal"]) if value.get("__class__") == "Decimal" else value
