"""The words, icons and tones of states: one place, so that a state looks the same everywhere."""

from __future__ import annotations

from typing import NamedTuple


class Shown(NamedTuple):
    """``tone`` is ok, warn, bad, info or mute; it never stands alone: icon and word go with it."""

    word: str
    tone: str
    icon: str


STATES = {
    "received": Shown("Received", "info", "inbox"),
    "validated": Shown("Contract checked", "ok", "check"),
    "mapped": Shown("Mapped", "ok", "check"),
    "routed": Shown("On its way", "info", "send"),
    "complete": Shown("Complete", "ok", "check"),
    "quarantined": Shown("Quarantined", "bad", "octagon-alert"),
    "rejected": Shown("Rejected", "mute", "ban"),
    "waiting_dependency": Shown("Waits for a route", "mute", "hourglass"),
    "pending": Shown("Pending", "info", "clock"),
    "leased": Shown("Being sent", "info", "send"),
    "sending": Shown("Being sent", "info", "send"),
    "retry_wait": Shown("Waits for a retry", "warn", "clock"),
    "in_doubt": Shown("In doubt", "warn", "triangle-alert"),
    "dead": Shown("Dead letter", "bad", "x"),
    "confirmed": Shown("Delivered", "ok", "check"),
    "cancelled": Shown("Cancelled", "mute", "ban"),
    "planned": Shown("Waits for approval", "warn", "clock"),
    "approved": Shown("Approved", "info", "check"),
    "running": Shown("Running", "info", "loader"),
    "stopped": Shown("Stopped", "warn", "circle-stop"),
    "done": Shown("Done", "ok", "check"),
    "refused": Shown("Refused", "mute", "ban"),
    "queued": Shown("Back in the queue", "ok", "check"),
    "left": Shown("Left alone", "mute", "minus"),
    "not_reached": Shown("Not reached", "mute", "circle"),
    "still_wrong": Shown("Still wrong", "bad", "x"),
}

REASONS = {
    "unmapped": "No mapping for a value",
    "invalid": "Invalid value",
    "rejected": "Refused by the target",
    "exhausted": "Given up after many tries",
    "misconfigured": "Wrong configuration",
    "unknown_outcome": "Outcome unknown",
    "unreadable": "Cannot be read",
    "internal": "Fault of the hub",
}

OUTCOMES = {
    "confirmed": Shown("Delivered", "ok", "check"),
    "found": Shown("Found at the target", "ok", "check"),
    "asked": Shown("Asked the target", "ok", "check"),
    "retry": Shown("To be tried again", "warn", "clock"),
    "verify": Shown("Outcome unknown", "warn", "triangle-alert"),
    "dead_letter": Shown("Refused", "bad", "x"),
    "halt": Shown("Interface halted", "bad", "octagon-alert"),
    "internal": Shown("Fault of the hub", "bad", "x"),
}

GUARANTEES = {
    "native": ("Native", "The target recognises a repeat: sending twice changes nothing."),
    "probe": ("Probe", "The target can be asked whether it holds the record before anything is sent again."),
    "none": (
        "None",
        "The target can neither recognise a repeat nor be asked: two persons decide what is in doubt.",
    ),
    "unknown": ("Unknown", "The connector does not say."),
}

TONES = (
    ("", "All"),
    ("bad", "Failing"),
    ("warn", "Degraded"),
    ("mute", "Paused or quiet"),
    ("ok", "Healthy"),
)
CRITICALITIES = (
    ("", "All"),
    ("critical", "Critical"),
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
)
LEVELS = (
    ("", "All"),
    ("4", "4, enterprise"),
    ("3", "3, operations"),
    ("2", "2, supervision"),
    ("1", "1, control"),
    ("0", "0, process"),
)
SCOPES = (("", "All"), ("in", "In scope"), ("out", "Out of scope"))
CATEGORIES = (
    ("", "All"),
    *((name, name.upper()) for name in ("qms", "erp", "mes", "lims", "crm", "cmms", "wms", "hr")),
    ("tracker", "Tracker"),
    ("instrument", "Instrument"),
    ("other", "Other"),
)
VALIDATIONS = {
    "validated": "Validated",
    "in_progress": "Validation in progress",
    "planned": "Validation planned",
    "not_needed": "No validation needed",
}
YES_NO = (("", "All"), ("yes", "GxP"), ("no", "Not GxP"))

TONE_ICONS = {"ok": "check", "warn": "triangle-alert", "bad": "x", "mute": "minus", "info": "tag"}

CATEGORY_ICONS = {
    "qms": "clipboard-check",
    "erp": "factory",
    "mes": "activity",
    "lims": "flask-conical",
    "crm": "users",
    "cmms": "wrench",
    "wms": "warehouse",
    "hr": "graduation-cap",
    "tracker": "ticket",
    "instrument": "gauge",
    "other": "server",
}


def state(name: str) -> Shown:
    """How a state is shown; an unknown one by its own name, in grey."""
    return STATES.get(name) or Shown(name.replace("_", " ").capitalize(), "mute", "circle")


def outcome(name: str) -> Shown:
    """How the outcome of a try is shown."""
    return OUTCOMES.get(name) or Shown(name.replace("_", " ").capitalize(), "warn", "circle")


def reason(name: str) -> str:
    """The class of a failure in words."""
    return REASONS.get(name, name.replace("_", " ").capitalize())
