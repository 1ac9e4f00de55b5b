"""What a traceback page shows in development: where it happened, never with which values."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

HIDDEN = "not shown"


class NoValues(SafeExceptionReporterFilter):
    """Passwords, tokens and payloads are local variables and fields of forms somewhere: none of them is shown."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, HIDDEN) if request is not None else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        return [(name, HIDDEN) for name in tb_frame.f_locals]

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_safe_request_meta(request), "QUERY_STRING": HIDDEN}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return dict.fromkeys(request.COOKIES, HIDDEN)


class NoQuery(ExceptionReporter):
    """The page itself: an address without its query."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        if self.request is not None:
            data["request_insecure_uri"] = self.request.path
            data["request_GET_items"] = [(name, HIDDEN) for name in self.request.GET]
        return data
