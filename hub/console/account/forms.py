"""Forms of accounts. They parse; the services behind them judge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group

from hub.console.forms import HubForm, ReasonForm
from hub.roles import NAMES
from hub.services.rights import OBJECTS


def _password(label: str, *, is_new: bool) -> forms.CharField:
    words = "new-password" if is_new else "current-password"
    return forms.CharField(
        label=label, strip=False, max_length=256, widget=forms.PasswordInput(attrs={"autocomplete": words})
    )


class OnceInput(forms.TextInput):
    """What was typed is not shown again: it may be a secret, or one in the wrong field."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def _code(label: str) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(label=label, max_length=32, widget=OnceInput(attrs=attrs))


class CodeForm(HubForm):
    """The second step of signing in."""

    code = _code("One-time code, or a recovery code")


class EnrolFactorForm(HubForm):
    """The present password keeps a stolen session from enrolling; the code shows that the authenticator works."""

    present_password = _password("Your password", is_new=False)
    code = _code("Code that the authenticator shows now")


class PasswordForm(HubForm):
    """The new password twice, because nobody sees it."""

    present_password = _password("Present password", is_new=False)
    new_password = _password("New password", is_new=True)
    again = _password("New password again", is_new=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new_password") and given.get("again") and given["new_password"] != given["again"]:
            self.add_error("again", "This is not the same as above.")
        return given


class EnrolForm(ReasonForm):
    """A new person; the password is made by the hub."""

    username = forms.CharField(label="User name", max_length=64, help_text="Small letters, digits and hyphens.")
    full_name = forms.CharField(label="Full name", max_length=160, help_text="As it stands under signatures.")
    title = forms.CharField(label="Function", max_length=160, required=False)
    email = forms.EmailField(label="Mail address", required=False)
    role = forms.ModelChoiceField(
        label="Role", queryset=Group.objects.order_by("name"), required=False, to_field_name="name", empty_label="none"
    )
    field_order = ("username", "full_name", "title", "email", "role", "reason")


class RoleForm(ReasonForm):
    """One role, and why."""

    role = forms.ModelChoiceField(label="Role", queryset=Group.objects.order_by("name"), to_field_name="name")
    field_order = ("role", "reason")


class RightForm(ReasonForm):
    """A right on one object, and why."""

    kind = forms.ChoiceField(label="On", choices=[(name, name) for name in OBJECTS])
    key = forms.CharField(label="Key", max_length=160, help_text="For example IF-101, lims or nonconformance.")
    right = forms.ChoiceField(label="Right", choices=[(one, one) for rights in OBJECTS.values() for one in rights[1]])
    field_order = ("kind", "key", "right", "reason")


class InterfaceForm(ReasonForm):
    """An interface for a role, and why."""

    role = forms.ChoiceField(label="Role", choices=[(name, name) for name in NAMES])
    key = forms.CharField(label="Interface", max_length=160, help_text="Its key, for example IF-101.")
    field_order = ("role", "key", "reason")


class OtherForm(ReasonForm):
    """The other account of the same human being."""

    other = forms.CharField(label="User name of the other account", max_length=64)
    field_order = ("other", "reason")


class TokenForm(ReasonForm):
    """How long a new token lives, and for how long the old ones go on."""

    days = forms.IntegerField(label="Valid for (days)", min_value=1, max_value=366, initial=90)
    overlap_days = forms.IntegerField(
        label="Earlier tokens end after (days)",
        min_value=0,
        max_value=366,
        required=False,
        help_text="Empty: they live until their own end. 0: they end now.",
    )
    field_order = ("days", "overlap_days", "reason")
