"""What the acts on a change request ask for. A field that a form does not have refuses the whole form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms

from governance.console.query import unknown_field
from governance.errors import Refused
from governance.models.change_evidence import Verdict


class ActForm(forms.Form):
    """A reason, always."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Stands in the audit trail for ever. Say what a reader will understand in ten years.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": "A reason is always needed."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "field-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if sentence := unknown_field(self.data, self.fields):
            self.add_error(None, sentence)
        return given

    def refuse(self, refused: Refused) -> None:
        """Put the service's sentence beside the field that it names, or above the form."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


def _text(label: str, help_text: str, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=2000, help_text=help_text, widget=widget)


class PlanForm(ActForm):
    rollback = _text("How it is rolled back", "Which revision comes back, what is done elsewhere, who does it.")
    success = _text("How anybody will know that it worked", "What is looked at two weeks after the release.")


class TextForm(ActForm):
    """One text, which is the reason of the act too."""

    reason = None  # type: ignore[assignment]
    text = _text("What was done", "Stands with the change as its evidence.")


class VerifyForm(TextForm):
    text = _text("What you saw", "How you know that it works as it was approved.")


class AttachForm(ActForm):
    title = forms.CharField(label="Title", max_length=200)
    text = _text("Evidence", "What was looked at, and what was found.", rows=6)


class TimeForm(ActForm):
    """A moment in UTC; empty is at once."""

    at = forms.DateTimeField(
        label="Comes into force (UTC)",
        required=False,
        help_text="Leave it empty to release at once. The time is part of what is signed.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def clean_at(self) -> datetime | None:
        """As it was written: the field is labelled UTC, whatever the zone of the process."""
        found = self.cleaned_data["at"]
        return found.replace(tzinfo=UTC) if found else None


class DispositionForm(ActForm):
    reason = None  # type: ignore[assignment]
    verdict = forms.ChoiceField(label="What it means", choices=Verdict.choices, widget=forms.RadioSelect)
    comment = _text("Why", "What you looked at. It is part of what is signed.")


class SpeakForm(DispositionForm):
    """A word on several objects at once; ``choices`` are those that are left for the speaker."""

    objects = forms.MultipleChoiceField(
        error_messages={
            "required": "Choose the objects that you speak for.",
            "invalid_choice": "%(value)s is not among the objects that wait for your word.",
        },
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objects"].choices = choices  # type: ignore[attr-defined]
