"""What the page of signing asks for: only what this signing needs is a field at all."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.errors import Refused
from governance.signing.identity import Needs
from hub.console.account.forms import OnceInput
from hub.console.forms import HubForm, ReasonForm


def _credentials(needs: Needs) -> dict[str, forms.Field]:
    """User name the first time in a sitting, the password always, a code where the policy says so."""
    fields: dict[str, forms.Field] = {}
    if needs.username:
        attrs = {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}
        fields["username"] = forms.CharField(label="Your user name", max_length=64, widget=OnceInput(attrs=attrs))
    if needs.password:
        hidden = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        fields["password"] = forms.CharField(label="Your password", strip=False, max_length=256, widget=hidden)
    if needs.code:
        widget = OnceInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"})
        fields["code"] = forms.CharField(label="One-time code", max_length=32, widget=widget)
    return fields


class SignForm(HubForm):
    """``intent`` is what was shown; ``meaning`` and content stand in it, not in the form."""

    also = ("username",)  # of a page that was opened before the first signature of the session
    intent = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        required=False,
        help_text="Stands in what you sign. Needed where you reject.",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(self, needs: Needs, *args: Any, is_veto: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_veto
        self.fields.update(_credentials(needs))


class WithdrawForm(ReasonForm):
    """Why one's own signature is taken back, and the password."""

    def __init__(self, needs: Needs, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_credentials(needs))


def check_filled(form: HubForm) -> None:
    """Raises Refused with the first sentence of the form, for the record; the form itself shows all of them."""
    if not form.is_valid():
        name, sentences = next(iter(form.errors.items()))
        raise Refused(str(sentences[0]), field=name if name in form.fields else "form", rule="what the form asks for")
