"""The whole demonstration, in order. A second time finds everything there and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from governance.errors import Refused
from hub.demonstration import configuration, history, people, signed
from hub.demonstration.places import Places


@dataclass(frozen=True, slots=True)
class Loaded:
    """What this run did. ``token`` is shown this once, and "" where the earlier one still holds."""

    changes: list[str]
    enrolled: int
    rights: int
    filled: bool
    token: str

    @property
    def is_nothing(self) -> bool:
        return not (self.changes or self.enrolled or self.rights or self.filled or self.token)


def load(places: Places) -> Loaded:
    """Systems with their records, persons, configuration, rights; last the marker for the feeder."""
    check_development()
    filled = history.fill(places, timezone.now())
    loaded = Loaded(
        enrolled=people.enrol(),
        changes=configuration.ensure(places),
        rights=people.allow(),
        token=people.connect(places),
        filled=filled,
    )
    signed.close_all()
    places.marker.touch()
    return loaded


def check_development() -> None:
    """It has accounts with a known password, and signs in their names: neither has a place where anything counts."""
    if not settings.DEVELOPMENT:
        raise Refused(
            "The demonstration has accounts with a documented password and signs in their names; it is not loaded "
            f"where HUB_ENVIRONMENT is {settings.HUB_ENVIRONMENT}.",
            field="HUB_ENVIRONMENT",
            value=settings.HUB_ENVIRONMENT,
            rule="development",
        )
