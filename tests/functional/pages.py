"""Every page of the console with an address in the busy world. A new page is one line here, or its test fails.

``PAGES`` maps the name of a URL to its pictures: name of the picture → address. ``SECOND`` are those that need a
second person's half-done act, ``FORMS`` what a form leads to, ``ALONE`` those of somebody who is not signed in,
``ELSEWHERE`` those that another test looks at, ``NO_PAGE`` what shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from governance.models import AuditEvent
from hub.flow.states import DeliveryStatus
from hub.models import Delivery
from hub.selectors.mending import exceptions
from tests.functional.busy import AIR, LAB

Address = Callable[[SimpleNamespace], str]
OTHER_DOORS = ("api/", "admin/", "^api/")


def at(name: str, *keys: str, **query: str) -> Address:
    """The same address in every world."""
    return lambda busy: reverse(name, args=keys) + (f"?{urlencode(query)}" if query else "")


def message(fate: str, name: str = "message", **query: str) -> Address:
    """A message of the busy world, by what became of it."""
    return lambda busy: reverse(name, args=[getattr(busy, fate)]) + (f"?{urlencode(query)}" if query else "")


def group(state: str) -> Address:
    """The exceptions, with the first group in this state open."""

    def address(busy: SimpleNamespace) -> str:
        found = {one.state: one.fingerprint for one in exceptions.groups(busy.cast.olga)}
        return f"{reverse('exceptions')}?group={found[state]}"

    return address


def act_on_group(name: str) -> Address:
    """An act on the dead ones that look alike."""

    def address(busy: SimpleNamespace) -> str:
        found = {one.state: one.fingerprint for one in exceptions.groups(busy.cast.olga)}
        return reverse(name, args=[found["dead"]])

    return address


def paused(busy: SimpleNamespace) -> str:
    return reverse("audit-event", args=[AuditEvent.objects.filter(kind="interface.paused").first().id])


def told(busy: SimpleNamespace) -> str:
    return reverse("story", args=["message", busy.delivered])


def dead_delivery(busy: SimpleNamespace) -> str:
    return reverse("delivery-cancel", args=[Delivery.objects.get(message_id=busy.dead).id])


def doubtful_delivery(busy: SimpleNamespace) -> str:
    found = Delivery.objects.get(message_id=busy.doubtful, state=DeliveryStatus.IN_DOUBT)
    return reverse("delivery-decide", args=[found.id])


PAGES: dict[str, dict[str, Address]] = {
    "overview": {"overview": at("overview")},
    "landscape": {
        "landscape": at("landscape"),
        "landscape-filtered": at("landscape", tone="warn", gxp="yes"),
        "landscape-empty": at("landscape", tone="bad"),
    },
    "interfaces": {"interfaces": at("interfaces"), "interfaces-none": at("interfaces", q="nowhere")},
    "interface": {"interface": at("interface", LAB), "interface-paused": at("interface", AIR)},
    "interface-pause": {"pause": at("interface-pause", LAB)},
    "interface-resume": {"resume": at("interface-resume", AIR)},
    "deliveries": {
        "deliveries": at("deliveries"),
        "deliveries-slowest": at("deliveries", order="slowest"),
        "deliveries-waiting": at("deliveries", state="waiting"),
    },
    "tries": {"tries": at("tries")},
    "messages": {
        "messages": at("messages"),
        "messages-open": lambda busy: f"{reverse('messages')}?open={busy.dead}",
    },
    "message": {
        "message": message("delivered", stage="received"),
        "message-difference": message("delivered", stage="difference"),
        "message-quarantined": message("quarantined"),
        "message-twice-wrong": message("twice_wrong"),
    },
    "message-reject": {"message-reject": message("quarantined", "message-reject")},
    "delivery-cancel": {"delivery-cancel": dead_delivery},
    "delivery-decide": {"decide-first": doubtful_delivery},
    "exceptions": {
        "exceptions": at("exceptions"),
        "exceptions-replay": group("dead"),
        "exceptions-in-doubt": group("in_doubt"),
    },
    "exceptions-assign": {"exceptions-assign": act_on_group("exceptions-assign")},
    "exceptions-link": {"exceptions-link": act_on_group("exceptions-link")},
    "replays": {"replays": at("replays")},
    "systems": {"systems": at("systems"), "systems-filtered": at("systems", scope="out")},
    "system": {"system": at("system", "qms"), "system-excluded": at("system", "old")},
    "audit": {"audit": at("audit")},
    "audit-event": {"audit-event": paused},
    "clauses": {"clauses": at("clauses")},
    "story": {
        "story": at("story", "interface", LAB),
        "story-message": lambda busy: reverse("story", args=["message", busy.delivered]),
    },
    "refusals": {"refusals": at("refusals")},
    "drift": {"drift": at("drift")},
    "api-docs": {"api": at("api-docs")},
    "search": {
        "search": at("search", q="24-11"),
        "search-words": at("search", q="result"),
        "search-nothing": at("search", q="nowhere to be found"),
        "search-empty": at("search"),
    },
    "dictionary": {"dictionary": at("dictionary"), "dictionary-search": at("dictionary", q="yield loss")},
    "element": {"element": at("element", "verdict")},
    "entity": {"entity": at("entity", "result")},
    "impact": {
        "impact": at("impact"),
        "impact-fields": at("impact", system="lims"),
        "impact-of-a-field": at("impact", system="lims", field="$.lot"),
        "impact-of-an-element": at("impact", kind="element", key="lot"),
        "impact-of-nothing": at("impact", system="lims", field="$.nowhere"),
    },
    "impact-description": {"impact-description": at("impact-description", system="lims")},
    "code-list": {"code-list": at("code-list", "verdict")},
    "mappings": {"mappings": at("mappings")},
    "mapping": {"mapping": at("mapping", "lims-result")},
    "mapping-preview": {"preview": at("mapping-preview", "lims-result")},
    "catalogue": {"catalogue": at("catalogue")},
    "icd-document": {"icd-document": at("icd-document", "ICD-0001")},
}
SECOND = {"review", "review-one", "replay", "replay-stop", "sign"}
ELSEWHERE: dict[str, set[str]] = {  # the test that looks at them → names
    "test_account_pages": {
        *("account", "accounts", "account-enrol", "account-password", "account-second-factor", "account-sessions"),
        *("account-sessions-end-others", "account-give-right", "account-deactivate", "sign-in-code"),
        *("service-account", "service-account-token", "service-accounts"),
    },
    "test_proposing": {
        *("change", "changes", "propose", "propose-change", "propose-new", "propose-retire", "codes", "units"),
        *("change-act", "change-disposition", "change-drop", "change-objects", "change-speak"),
        *("icd", "icds", "mapping-edit", "mapping-new", "term"),
    },
    "test_lists": {"message-unmask"},
    "test_signing": {
        "signature",
        "signature-withdraw",
        "signers",
        "signer-confirm",
        "account-same-person",
        "foreign-records",
        "foreign-record",
    },
    "tests/integration/accounts": {  # the page that asks for a reason, as account-deactivate shows it
        *("account-activate", "account-end-sessions", "account-give-role", "account-take-role", "account-take-right"),
        *("account-remove-factor", "account-reset-password", "account-session-end", "account-unlock"),
        *("role-give-interface", "role-take-interface", "service-account-revoke"),
        *("sign-in-oidc", "sign-in-oidc-back", "sign-at-provider", "signature-withdraw-at-provider"),
    },
}
FORMS = {"replay-new"}  # opened by a form of another page
ALONE: dict[str, dict[str, Address]] = {
    "sign-in": {"sign-in": at("sign-in")},
    "offline": {"offline": at("offline")},
}
NO_PAGE = {
    *("signed-package", "foreign-record-package"),
    *("sign-out", "api-schema", "message-mask", "view-forget", "view-save"),
    *("connection-check", "connection", "entity-schema", "icd-pdf", "worker"),
}
WRONG: dict[str, Address] = {  # pages that refuse; the browser notes each in its console
    "error-400": at("interfaces", tone="blue"),
    "error-404": lambda busy: "/nowhere",
    "error-405": at("sign-out"),
}


def names_of_urls() -> set[str]:
    """Every address of the console, by name."""
    return set(_names(get_resolver().url_patterns))


def _names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for one in patterns:
        if isinstance(one, URLResolver):
            found += [] if str(one.pattern).startswith(OTHER_DOORS) else _names(one.url_patterns)
        elif one.name:
            found.append(one.name)
    return found
