"""GovernedModel: every write leaves a history row that says who, why and with which build.

django-simple-history alone loses ``queryset.update``, every ``bulk_*``, raw deletes and fixtures. Here those calls
raise with the sentence that names the right one, a write needs ``with change(…)``, and a row that moved on since it
was read is refused. What raw SQL may do is the database's own affair (governance/guard).
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from governance.errors import LostUpdate, UngovernedWrite
from governance.fingerprint import fingerprint
from governance.guard.context import Change, current
from governance.guard.mac import row_mac, values_hash
from governance.ids import uuid7

NO_TIME_OF_OTHERS = "The time of a history row is the clock of the database; _history_date is not taken."


class Evidence(models.Model):
    """What each history row says beside the row's own values."""

    act_id = models.UUIDField()
    act_correlation_id = models.CharField(max_length=64)
    act_ticket = models.CharField(max_length=32, blank=True)
    act_reason = models.TextField()
    act_actor = models.JSONField()
    act_actor_id = models.CharField(max_length=64, db_index=True)
    act_source = models.CharField(max_length=32)
    act_fingerprint = models.CharField(max_length=160)
    row_hash = models.CharField(max_length=80)
    row_mac = models.CharField(max_length=80, blank=True)  # "" in rows from before there were any
    act_recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class EvidenceRecords(HistoricalRecords):
    """History with evidence; a model's ``NOT_IN_HISTORY`` names fields that must not be copied (password hashes)."""

    def fields_included(self, model: type[models.Model]) -> list[models.Field]:
        left_out = getattr(model, "NOT_IN_HISTORY", ())
        return [field for field in super().fields_included(model) if field.name not in left_out]


def _nobody(historical: Any) -> None:
    return None


def _frozen_elsewhere(historical: Any, user: Any) -> None:
    """The actor is frozen into ``actor``; a key to an account would be nulled with the account."""


class GovernedQuerySet(models.QuerySet):
    """Refuses what would write past history."""

    def _refuse(self, call: str, instead: str) -> NoReturn:
        raise UngovernedWrite(f"{call} on {self.model._meta.verbose_name_plural} would leave no history. {instead}")

    def update(self, **kwargs: Any) -> NoReturn:
        self._refuse("update()", "Change each record and call its save() inside `with change(…)`.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse("bulk_create()", "Create each record inside `with change(…)`.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse("bulk_update()", "Change each record and call its save() inside `with change(…)`.")

    def delete(self) -> NoReturn:
        self._refuse("delete()", "Retire the record, or call delete() on each one inside `with change(…)`.")

    def _raw_delete(self, using: str | None) -> NoReturn:
        self._refuse("_raw_delete()", "Call delete() on each record inside `with change(…)`.")


class GovernedModel(models.Model):
    """Base of everything whose every version is evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)
    history = EvidenceRecords(
        inherit=True,
        bases=[Evidence],
        history_id_field=models.UUIDField(default=uuid7),
        history_user_id_field=models.CharField(max_length=1, null=True),
        history_user_getter=_nobody,
        history_user_setter=_frozen_elsewhere,
        get_user=lambda **kwargs: None,
    )

    objects: ClassVar[models.Manager[Any]] = GovernedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row and its history in the open change. Raises LostUpdate where the row moved on."""
        current()
        if not self._state.adding:
            self._check_still_current()
        self.row_version += 1
        try:
            kwargs.pop("update_fields", None)  # history copies the whole row, so the whole row is stored
            super().save(*args, **kwargs)
        except BaseException:
            self.row_version -= 1
            raise

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Remove the row; its history stays and says who removed it and why."""
        current()
        return models.Model.delete(self, *args, **kwargs)

    def _check_still_current(self) -> None:
        rows = type(self)._base_manager.select_for_update().filter(pk=self.pk)
        stored = rows.values_list("row_version", flat=True).first()
        if stored != self.row_version:
            raise LostUpdate(
                f"{str(self._meta.verbose_name).capitalize()} {self} was changed by somebody else since you read it "
                f"(version {self.row_version}, now {stored}). Load it again and repeat your change."
            )


class AppendOnlyModel(models.Model):
    """Rows that are written once. The database's own guard comes with the sealed log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise UngovernedWrite(f"{str(self._meta.verbose_name_plural).capitalize()} are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UngovernedWrite(f"{str(self._meta.verbose_name_plural).capitalize()} are append-only.")


def evidence_of(made: Change) -> dict[str, Any]:
    """What every history row of an act says of it."""
    return {
        "act_id": made.id,
        "act_correlation_id": made.correlation_id,
        "act_ticket": made.ticket,
        "act_reason": made.reason,
        "act_actor": made.by.frozen(),
        "act_actor_id": made.by.id,
        "act_source": made.source,
        "act_fingerprint": fingerprint(),
    }


def _attest(sender: Any, instance: models.Model, history_instance: Any, **kwargs: Any) -> None:
    """Fill the evidence of a history row from the open change."""
    if not isinstance(history_instance, Evidence):
        return
    made = current()
    if hasattr(instance, "_history_date"):
        raise UngovernedWrite(NO_TIME_OF_OTHERS)
    history_instance.history_date = Now()  # type: ignore[attr-defined]  # the clock of the database, whose guards take no other
    for name, value in evidence_of(made).items():
        setattr(history_instance, name, value)
    history_instance.row_hash = values_hash(history_instance)
    history_instance.row_mac = row_mac(history_instance)


pre_create_historical_record.connect(_attest, dispatch_uid="governance.evidence")
