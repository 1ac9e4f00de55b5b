"""Forms of the console. They parse; the services behind them judge."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from governance.console.query import unknown_field
from governance.errors import Refused
from hub.models.replay import ReplayMode


class KnownFields(forms.BaseForm):
    """A form that takes nothing when it is sent a field that it has not. ``also`` are buttons and what a view reads."""

    also: ClassVar[tuple[str, ...]] = ()

    def unknown(self) -> str:
        """The sentence that names what this form has not; "" where it was sent nothing else."""
        return unknown_field(self.data, {*self.fields, *self.also})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if sentence := self.unknown():
            self.add_error(None, sentence)
        return given


class HubForm(KnownFields, forms.Form):
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


class ConfirmForm(ReasonForm):
    """The second person's click, on the proposal that the page showed."""

    also = ("proposal",)


class IdsField(forms.Field):
    """Several UUIDs under one name."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": "Select at least one message."}

    def to_python(self, value: Any) -> list[Any]:
        parse = forms.UUIDField().clean
        return [parse(text) for text in value or ()]


class AssignForm(ReasonForm):
    """To whom a group of exceptions goes."""

    person = forms.CharField(
        label="User name",
        max_length=64,
        required=False,
        help_text="Of somebody who may look at the interface. Empty gives it back to nobody.",
    )
    field_order = ("person", "reason")


class LinkForm(ReasonForm):
    """Under which deviation the quality system works on it."""

    deviation = forms.CharField(
        label="Number of the deviation",
        max_length=80,
        required=False,
        help_text="As the quality system writes it, for example DEV-2026-0117. Empty takes the link away.",
    )
    field_order = ("deviation", "reason")


NO_BYTES = "“Send the same bytes again” cannot work here: nothing was made for the target yet."


class ReplayForm(ReasonForm):
    """Which messages, how, and why: those that are named, or all members of a group (``whole``).

    ``seen`` is the digest of the list that the person was shown.
    """

    also = ("go",)
    mode = forms.ChoiceField(label="How", choices=ReplayMode.choices, widget=forms.RadioSelect)
    message = IdsField(label="Messages", required=False)
    group = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    whole = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    field_order = ("mode", "reason")

    def offer(self, *, has_bytes: bool) -> None:
        """Only the ways that can work; a form that asks for the other one says why it cannot."""
        if has_bytes:
            return
        mode = self.fields["mode"]
        assert isinstance(mode, forms.ChoiceField)
        mode.choices = [one for one in ReplayMode.choices if one[0] != ReplayMode.SAME_BYTES]
        mode.help_text = NO_BYTES
        if self.is_bound and self.data.get("mode") == ReplayMode.SAME_BYTES:
            self.add_error("mode", NO_BYTES)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("message") and not (given.get("whole") and given.get("group")):
            self.add_error("message", IdsField.default_error_messages["required"])
        return given
