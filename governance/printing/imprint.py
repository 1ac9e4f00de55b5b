"""What every printed page says about itself: which document, and who printed it when, from which build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.actors import actor_of
from governance.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Imprint:
    """``number``, ``version`` and ``status`` stand in the head of each page, the rest in its foot.

    ``at`` is aware; ``build`` is the fingerprint of the system (build, settings, host).
    """

    number: str
    version: str
    status: str
    printed_by: str
    at: datetime
    build: str
    environment: str

    @property
    def utc(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def local(self) -> str:
        """The time of the site, with its zone."""
        here = self.at.astimezone(settings.HUB_SITE_ZONE)
        return f"{here:%Y-%m-%d %H:%M:%S %Z}"


def imprint(*, number: str, version: str, status: str, by: Any) -> Imprint:
    """The imprint of a copy that ``by`` (person, account or actor) takes now."""
    return Imprint(
        number=number,
        version=version,
        status=status,
        printed_by=actor_of(by).name,
        at=timezone.now().replace(microsecond=0),  # the file's two dates must be equal, and one has no parts
        build=fingerprint(),
        environment=settings.HUB_ENVIRONMENT,
    )
