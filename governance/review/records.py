"""What the review asks of a governed row: which columns people correct, and the story of which record shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance import models
from governance.models.projection import Projection

NONE = ("", "")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """``corrected`` are columns that a person fills in: one that is changed again and again is a correction. States,
    times and what is computed are none.

    The story is that of ``kind`` by the row's ``column``, or of the row that ``belongs_to`` points to; a row without
    either has none.
    """

    corrected: tuple[str, ...] = ()
    kind: str = ""
    column: str = ""
    belongs_to: str = ""


_reviewed: dict[type[Any], Reviewed] = {}


def reviewed(model: type[Any], **how: Any) -> None:
    """Say it of a governed model: ``how`` are fields of ``Reviewed``. Controlled objects need no saying."""
    _reviewed[model] = Reviewed(**how)


def is_said(model: type[Any]) -> bool:
    return model in _reviewed or issubclass(model, Projection)


def changed(model: type[Any], before: Any, row: Any) -> set[str]:
    """Names of what was corrected between two history rows; of a controlled object, fields of its content."""
    if issubclass(model, Projection):
        old, new = before.content, row.content
        return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return {name for name in _of(model).corrected if getattr(before, name) != getattr(row, name)}


def may_be_corrected(model: type[Any]) -> bool:
    return issubclass(model, Projection) or bool(_of(model).corrected)


def called(model: type[Any], row: Any) -> str:
    """The row by the name of its record, as "Membership of olga" or "Person olga"."""
    key = record_of(model, row)[1] or str(row.id)
    between = " of " if _of(model).belongs_to else " "
    return f"{str(model._meta.verbose_name).capitalize()}{between}{key}"


def record_of(model: type[Any], row: Any) -> tuple[str, str]:
    """Kind and key of the record whose story shows a history row; NONE where there is none."""
    how = _of(model)
    if how.belongs_to:
        field: Any = model._meta.get_field(how.belongs_to)
        owner = last_of(field.related_model, getattr(row, field.attname))
        return record_of(field.related_model, owner) if owner else NONE
    return (how.kind, str(getattr(row, how.column))) if how.kind else NONE


def last_of(model: Any, row_id: Any) -> Any:
    """The last history row of a row, which may be gone; None where there never was one."""
    return model.history.filter(id=row_id).order_by("-row_version", "-history_date").first()


def _of(model: type[Any]) -> Reviewed:
    if issubclass(model, Projection):
        return Reviewed(kind=model.KIND, column="key")
    return _reviewed.get(model, Reviewed())


def register() -> None:
    """The rows of this floor."""
    reviewed(models.Person, corrected=("username", "full_name", "title", "email"), kind="person", column="username")
    reviewed(models.ServiceAccount, corrected=("label", "system_id"), kind="service_account", column="key")
    reviewed(models.ServiceToken, belongs_to="account")
    change = ("title", "reason", "rollback_plan", "success_criterion")
    reviewed(models.ChangeRequest, corrected=change, kind="change", column="number")
    reviewed(models.ChangeOperation, belongs_to="change")  # edited while a draft; then signed with its difference
    for of_person in (
        models.Membership, models.PersonPermission, models.PastPassword, models.SecondFactor, models.RecoveryCode,
    ):  # fmt: skip
        reviewed(of_person, belongs_to="person")
    reviewed(models.ForeignIdentity, corrected=("issuer", "subject"), belongs_to="person")
    reviewed(models.SigningSuspension, corrected=("why",), belongs_to="person")
    reviewed(models.PersonObjectPermission, belongs_to="user")
    reviewed(models.RoleObjectPermission)
    reviewed(models.SigningKey)
