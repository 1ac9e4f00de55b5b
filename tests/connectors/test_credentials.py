"""References become values, and values stay out of sight."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from connectors.credentials import credential, resolve, secret_values
from connectors.errors import Misconfigured
from connectors.fence import FileFence


@dataclass(frozen=True)
class Login:
    password: str = credential(help="Password of the service user")
    username: str = credential(default="hub", secret=False)


def test_each_kind_of_reference_is_resolved(monkeypatch, tmp_path):
    monkeypatch.setenv("HUB_CONNECTION_USER", "olga")
    (tmp_path / "password").write_text("p w\n")
    for path in (f"{tmp_path}/password", "password"):
        given = {"password": f"file:{path}", "username": "env:HUB_CONNECTION_USER"}
        assert resolve(Login, given, files=FileFence((str(tmp_path),))) == Login("p w", "olga")
    assert resolve(Login, {"password": "secret:erp"}, secret={"erp": "x:y"}.__getitem__).password == "x:y"


def test_an_optional_credential_may_be_left_out():
    assert resolve(Login, {"password": "secret:a", "username": ""}, secret=lambda name: "p").username == "hub"


@pytest.mark.req("B5")
@pytest.mark.parametrize("reference", ["env:HUB_CONNECTION_ABSENT", "file:absent", "secret:absent"])
def test_a_reference_to_nothing_is_misconfigured_by_its_name(reference, monkeypatch, tmp_path):
    monkeypatch.delenv("HUB_CONNECTION_ABSENT", raising=False)
    with pytest.raises(Misconfigured, match=f"'password' refers to '{reference}'"):
        resolve(Login, {"password": reference}, files=FileFence((str(tmp_path),)))


@pytest.mark.req("B5")
def test_only_variables_that_are_meant_for_connections_become_credentials(monkeypatch):
    monkeypatch.setenv("HUB_SECRET_KEY", "the hub's own")
    with pytest.raises(Misconfigured, match="begins with HUB_CONNECTION_") as caught:
        resolve(Login, {"password": "env:HUB_SECRET_KEY"})
    assert "the hub's own" not in repr(caught.value)


@pytest.mark.req("B5")
def test_only_files_of_the_folder_of_credentials_become_credentials(tmp_path):
    folder, outside = tmp_path / "credentials", tmp_path / "data_keys"
    folder.mkdir()
    outside.write_text("the hub's own")
    (folder / "link").symlink_to(outside)
    fence = FileFence((str(folder),))
    for path in (outside, "../data_keys", "link"):
        with pytest.raises(Misconfigured, match="does not lie in one of the allowed folders"):
            resolve(Login, {"password": f"file:{path}"}, files=fence)
    with pytest.raises(Misconfigured, match="names no folder for credentials"):
        resolve(Login, {"password": f"file:{outside}"})
    with pytest.raises(Misconfigured, match="a file of the hub itself"):
        resolve(Login, {"password": "file:data_keys"}, files=FileFence((str(tmp_path),), never=(str(outside),)))


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
