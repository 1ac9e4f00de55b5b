"""Pause and resume: operational acts with a reason and an audit event, not changes of configuration."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from governance import audit
from governance.actors import ENGINE, actor_of
from governance.errors import NotFound, Refused
from governance.guard.context import change
from hub.flow.bell import ring
from hub.models import InterfaceControl
from hub.permissions import check_still_may_operate


def pause(*, interface_key: str, by: Any, reason: str) -> InterfaceControl:
    """Nothing is read or delivered until somebody resumes it; what arrives is still accepted and kept."""
    with change(by=by, reason=reason):
        control = _control(interface_key)
        check_still_may_operate(by, interface_key)
        if control.paused_at:
            raise Refused(
                f"{interface_key} is paused already, by {control.paused_by}: {control.paused_because}",
                field="state",
                value="paused",
                rule="running",
            )
        _set(control, actor_of(by).name, reason, halted=False)
        audit.record("interface.paused", subject=("interface", interface_key), interface=interface_key)
    return control


def halt(*, interface_key: str, because: str) -> None:
    """The engine pauses it, because every record would fail. Nothing happens where it is paused already."""
    with change(by=ENGINE, reason=because):
        control = _control(interface_key)
        if control.paused_at:
            return
        _set(control, ENGINE.name, because, halted=True)
        audit.record("interface.halted", subject=("interface", interface_key), interface=interface_key, because=because)


def resume(*, interface_key: str, by: Any, reason: str) -> InterfaceControl:
    """Go on."""
    with change(by=by, reason=reason):
        control = _control(interface_key)
        check_still_may_operate(by, interface_key)
        if not control.paused_at:
            raise Refused(f"{interface_key} is not paused.", field="state", value="running", rule="paused")
        control.paused_at, control.paused_by, control.paused_because = None, "", ""
        control.is_halted = False
        control.save()
        audit.record("interface.resumed", subject=("interface", interface_key), interface=interface_key)
    ring()
    return control


def _control(interface_key: str) -> InterfaceControl:
    control = InterfaceControl.objects.select_for_update().filter(interface__key=interface_key).first()
    if control is None:
        raise NotFound(f"There is no interface {interface_key!r}.", field="interface", value=interface_key)
    return control


def _set(control: InterfaceControl, who: str, because: str, *, halted: bool) -> None:
    control.paused_at, control.paused_by, control.paused_because = timezone.now(), who, because
    control.is_halted = halted
    control.save()


audit.describe(
    interface__paused="{actor} paused {subject}.",
    interface__resumed="{actor} resumed {subject}.",
    interface__halted="{actor} halted {subject}, because every record would fail: {because}",
)
