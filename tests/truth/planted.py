"""The hub's addresses and one more, which no table knows."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from hub.urls import urlpatterns as ours


@require_safe
def planted(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


urlpatterns = [path("planted", planted, name="planted-page"), *ours]
