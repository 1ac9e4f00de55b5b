"""Forms of the console. They parse; the services behind them judge."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.errors import Refused
from hub.models.replay import ReplayMode


class HubForm(forms.Form):
    """Fields say where their error and help stand, for readers that cannot see."""

    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "field-%s")
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Refused) -> None:
        """Put the service's sentence beside the field that it names, or above the form."""
        name = refused.field if refused.field in self.fields else None
        self.add_error(name, refused.sentence)


class ReasonForm(HubForm):
    """The ground of an act: judged by governance, not here."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Stands in the audit trail for ever. Say what a reader will understand in ten years.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": "A reason is always needed."},
    )


class DecisionForm(ReasonForm):
    """What is known about a delivery whose outcome is in doubt."""

    DECISIONS = (
        ("it_arrived", "It arrived: the target holds the record"),
        ("send_again", "It did not arrive: send it again"),
        ("cancel", "Give it up: nothing more is sent"),
    )

    decision = forms.ChoiceField(label="What did you find at the target?", choices=DECISIONS, widget=forms.RadioSelect)
    external_id = forms.CharField(
        label="Id at the target",
        max_length=200,
        required=False,
        help_text="Needed where it arrived: the id under which the target holds the record.",
    )
    field_order = ("decision", "external_id", "reason")


class IdsField(forms.Field):
    """Several UUIDs under one name."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": "Select at least one message."}

    def to_python(self, value: Any) -> list[Any]:
        parse = forms.UUIDField().clean
        return [parse(text) for text in value or ()]


class ReplayForm(ReasonForm):
    """Which messages, how, and why."""

    mode = forms.ChoiceField(label="How", choices=ReplayMode.choices, widget=forms.RadioSelect)
    message = IdsField(label="Messages")
    field_order = ("mode", "reason")
