"""References become values, and values stay out of sight."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from connectors.credentials import credential, resolve, secret_values
from connectors.errors import Misconfigured


@dataclass(frozen=True)
class Login:
    password: str = credential(help="Password of the service user")
    username: str = credential(default="hub", secret=False)


def test_each_kind_of_reference_is_resolved(monkeypatch, tmp_path):
    monkeypatch.setenv("HUB_USER", "olga")
    (tmp_path / "password").write_text("p w\n")
    assert resolve(Login, {"password": f"file:{tmp_path}/password", "username": "env:HUB_USER"}) == Login("p w", "olga")
    assert resolve(Login, {"password": "secret:erp"}, secret={"erp": "x:y"}.__getitem__).password == "x:y"


def test_an_optional_credential_may_be_left_out():
    assert resolve(Login, {"password": "secret:a", "username": ""}, secret=lambda name: "p").username == "hub"


@pytest.mark.req("B5")
@pytest.mark.parametrize("reference", ["env:HUB_ABSENT", "file:/no/such/file", "secret:absent"])
def test_a_reference_to_nothing_is_misconfigured_by_its_name(reference, monkeypatch):
    monkeypatch.delenv("HUB_ABSENT", raising=False)
    with pytest.raises(Misconfigured, match=f"'password' refers to '{reference}'"):
        resolve(Login, {"password": reference})


@pytest.mark.req("B5")
@pytest.mark.parametrize("typed", ["hunter2", "hunter2:x", "env:", ":hunter2", "https://hunter2"])
def test_a_secret_typed_in_the_place_of_a_reference_is_refused_and_not_repeated(typed):
    with pytest.raises(Misconfigured) as caught:
        resolve(Login, {"password": typed})
    assert "'password' must be a reference" in caught.value.message
    assert "hunter2" not in repr(caught.value) + caught.value.detail


def test_missing_and_unknown_credentials_are_named():
    with pytest.raises(Misconfigured, match="'password' is missing"):
        resolve(Login, {})
    with pytest.raises(Misconfigured, match="'passwort' is not known here"):
        resolve(Login, {"passwort": "env:X"})


def test_repr_hides_and_the_tap_learns_only_secrets():
    login = Login("s3cret", "olga")
    assert repr(login) == "Login()"
    assert secret_values(login) == ("s3cret",)
