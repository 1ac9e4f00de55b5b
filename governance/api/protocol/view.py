"""What every view of the API shares: declared query and body read, refusals recorded, rates and dates in headers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import audit
from governance.api.protocol import deprecation, rates
from governance.api.protocol.conditions import is_known, tag_of
from governance.api.protocol.fields import Field
from governance.api.protocol.operation import Operation
from governance.api.protocol.parser import check_length
from governance.api.protocol.record import read_query
from governance.errors import Refused
from governance.guard.context import correlation
from governance.ids import uuid7

TOO_MANY = 429


class ApiView(APIView):
    """Subclasses declare their methods with ``@operation``; each parses, authorises, calls one service and answers."""

    http_method_names = ["get", "head", "post", "put", "delete"]  # OPTIONS tells nothing that the schema does not
    path: ClassVar[tuple[Field, ...]] = ()  # the parts of the address, for the documentation
    about: ClassVar[str] = ""  # kind of the record that the first part names, for refusals; else the name of that part
    asked: dict[str, Any]  # the query, read by the operation's fields
    rate: rates.Rate | None = None

    def declaration(self, method: str) -> Operation | None:
        """The declaration of a method; None where the view has no such method."""
        return getattr(getattr(self, method.lower(), None), "declared", None)

    @property
    def current(self) -> Operation:
        return self.declaration(str(self.request.method)) or Operation("")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Under the correlation id of the request; the thread's next request starts without it."""
        token = correlation.set(request.headers.get("X-Correlation-Id", "")[:64] or str(uuid7()))
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            correlation.reset(token)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.rate = rates.count(request.user, str(request.method))
        if self.rate.is_exceeded:
            raise rates.TooMany(self.rate)
        if self.declaration(str(request.method)):
            self.asked = read_query(self.current.query, request.query_params, request.user)

    def body(self) -> dict[str, Any]:
        """The body, read by the operation's fields."""
        check_length(self.request.headers)
        return self.current.read_body(self.request.data)

    def handle_exception(self, error: Exception) -> Response:
        act = self.current.act
        if isinstance(error, Refused) and act and self.request.user and error.status != TOO_MANY:
            subject = next(((self.about or name, str(value)) for name, value in self.kwargs.items()), ("", ""))
            audit.record_refusal(act, error, by=self.request.user, subject=subject)
        return super().handle_exception(error)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        for name, value in {**(self.rate.headers() if self.rate else {}), **self._dates()}.items():
            found[name] = value
        found.setdefault("Cache-Control", "private, no-cache")  # kept by the reader alone, and asked again by ETag
        patch_vary_headers(found, ["Authorization", "Cookie"])
        return found

    def tagged(self, content: Any, digest: str) -> Response:
        """The content with its entity tag; 304 for a reader who has it."""
        tag = tag_of(digest)
        if is_known(self.request, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(content, headers={"ETag": tag})

    def _dates(self) -> dict[str, str]:
        """Of the operation, and of those of its fields that this request used."""
        asked = self.request.GET if hasattr(self, "request") else {}
        used = [self.current.deprecated, *(one.deprecated for one in self.current.query if one.name in asked)]
        return deprecation.headers(one for one in used if one)
