"""Put the landscape's interfaces in force in the hub, and show a token that may read and operate them.

Runs in the product's environment, as the hub would be configured by hand: one change, proposed and released. Reads
``state.json`` of the landscape from standard input; prints the token, which is shown this once.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

import yaml  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from dictionary.services import transfer  # noqa: E402
from governance.actors import Actor  # noqa: E402
from governance.changes import Operation, propose  # noqa: E402
from governance.errors import Refused  # noqa: E402
from governance.services import persons, service_accounts  # noqa: E402
from hub.demonstration.content import content as demonstration  # noqa: E402
from hub.services.grants import allow_role, grant  # noqa: E402

HERE = Path(__file__).resolve().parent
STARTER = Path(transfer.__file__).parent.parent / "starter"
BY = Actor("system", "landscape", "Landscape loader", authenticated_by="command line")
REASON = "The landscape is connected"
INTERFACE = "IF-100"
RIGHTS = {
    "operator": ("view_interface", "operate_interface", "read_payload"),
    "quality approver": ("view_interface", "operate_interface", "read_payload"),
    "auditor": ("view_interface", "read_payload"),
}


def main() -> None:
    state = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    content = yaml.safe_load(_filled((HERE / "content.yaml").read_text(encoding="utf-8"), _values(state)))
    _propose(content)
    _enrol()
    print(_token())


def _values(state: dict[str, Any]) -> dict[str, str]:
    """What stands in braces in content.yaml. User names are kept in files too: credentials are references, and the
    hub follows them only into its folder of credentials."""
    tryton, roundup = state["tryton"], state["roundup"]
    return {
        "tryton_url": tryton.get("proxied_url", tryton["url"]),
        "tryton_database": tryton["database"],
        "tryton_record_url": tryton["record_url"],
        "tryton_user_file": _kept("tryton-user", tryton["username"]),
        "tryton_password_file": _kept("tryton-password", Path(tryton["password_file"]).read_text(encoding="utf-8")),
        "roundup_url": roundup["url"],
        "roundup_user_file": _kept("roundup-user", roundup["username"]),
        "roundup_password_file": _kept("roundup-password", Path(roundup["password_file"]).read_text(encoding="utf-8")),
    }


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _kept(name: str, value: str) -> str:
    path = Path(settings.HUB_CREDENTIALS_DIR) / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(value, encoding="utf-8")
    return str(path)


def _propose(content: dict[str, Any]) -> None:
    """Everything in one change; nothing where it is in force already."""
    extra = content.pop("nonconformance_fields")
    systems = [Operation("system", one["key"], one) for one in content.pop("system")]
    starter = transfer.read(path.read_text(encoding="utf-8") for path in sorted(STARTER.glob("*.yaml")))
    for item in starter:
        if (item.kind, item.key) == ("entity", "nonconformance") and item.content is not None:
            item.content["fields"] += extra
    rest = [Operation(kind, one["key"], one) for kind, contents in content.items() for one in contents]
    try:
        propose(operations=[*systems, *starter, *rest], title="The landscape", by=BY, reason=REASON)
    except Refused as error:
        if "Nothing would change" not in error.sentence:
            raise


def _enrol() -> None:
    for username, full_name, role in (
        ("olga", "Olga Brandt", "operator"),
        ("quinn", "Quinn Mbeki", "quality approver"),
    ):
        persons.enrol(
            username=username,
            full_name=full_name,
            password=demonstration("persons")["password"],
            roles=[role],
            by=BY,
            reason=REASON,
        )
    for role, rights in RIGHTS.items():
        for right in rights:
            allow_role(role=role, permission=right, interface_key=INTERFACE, by=BY, reason=REASON)


def _token() -> str:
    account = service_accounts.ensure(key="landscape-check", system_key="erp", by=BY, reason=REASON)
    for direction in ("read", "operate"):
        grant(account=account, interface_key=INTERFACE, direction=direction, by=BY, reason=REASON)
    expires_at = timezone.now() + timedelta(days=1)
    return service_accounts.issue_token(account=account, expires_at=expires_at, by=BY, reason=REASON)


if __name__ == "__main__":
    main()
