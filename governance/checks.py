"""System checks of governance: a hub whose evidence would have holes refuses to start."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, register
from django.db import models

from governance.models import GovernedModel


@register("governance")
def history_is_on(app_configs: Any, **kwargs: Any) -> list[Error]:
    """governance.E001"""
    if settings.SIMPLE_HISTORY_ENABLED:
        return []
    return [Error("History is switched off.", hint="Remove SIMPLE_HISTORY_ENABLED = False.", id="governance.E001")]


@register("governance")
def governed_models_are_sound(app_configs: Any, **kwargs: Any) -> list[Error]:
    """governance.E002 to E004, for each governed model."""
    governed = [model for model in apps.get_models() if issubclass(model, GovernedModel)]
    return [error for model in governed for error in _faults(model)]


def _faults(model: type[models.Model]) -> list[Error]:
    found = []
    if not hasattr(model._meta, "simple_history_manager_attribute"):
        found.append(Error(f"{model.__name__} keeps no history.", id="governance.E002"))
    for field in model._meta.get_fields():
        if isinstance(field, models.ManyToManyField) and _is_automatic(field):
            hint = "Give it a governed `through` model."
            found.append(
                Error(
                    f"{model.__name__}.{field.name} is an automatic many-to-many.",
                    hint=hint,
                    id="governance.E003",
                )
            )
        if isinstance(field, models.FloatField | models.DecimalField):
            hint = "Use governance.fields.ExactDecimal."
            found.append(Error(f"{model.__name__}.{field.name} loses digits.", hint=hint, id="governance.E004"))
    return found


def _is_automatic(field: Any) -> bool:
    """Whether Django made the table between the two, which nobody governs."""
    return bool(field.remote_field.through._meta.auto_created)
