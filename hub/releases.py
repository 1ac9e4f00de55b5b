"""Interface releases: what an interface runs with, pinned revision by revision, in the transaction of the change."""

from __future__ import annotations

from django.utils import timezone

from governance import audit
from governance.changes import effective
from governance.models import ChangeRequest, Revision
from governance.signing.statement import digest
from hub.models import Interface, InterfaceControl, InterfaceRelease, StreamState


def release_touched(request: ChangeRequest, released: list[Revision]) -> None:
    """After a change: a new release for each interface that runs with something it touched."""
    touched = {(revision.kind, revision.key) for revision in released}
    for interface in Interface.objects.filter(is_retired=False):
        pins = effective.pinned({("interface", interface.key)})
        if touched & pins.keys():
            _release(interface, pins, request)


def _release(interface: Interface, pins: dict, request: ChangeRequest) -> None:
    last = InterfaceRelease.objects.filter(interface_key=interface.key).order_by("-number").first()
    lines = sorted(
        [kind, key, revision.version, str(revision.id), revision.digest] for (kind, key), revision in pins.items()
    )
    release = InterfaceRelease(
        interface_key=interface.key,
        number=last.number + 1 if last else 1,
        version=interface.version,
        revision=interface.revision,
        pins=lines,
        digest=digest({"interface": interface.key, "pins": lines}),
        change_number=request.number,
    )
    release.save()
    _put_in_force(interface, release)
    audit.record(
        "interface.released",
        subject=("interface", interface.key),
        interface=interface.key,
        number=release.number,
        pins=len(lines),
    )


def _put_in_force(interface: Interface, release: InterfaceRelease) -> None:
    locked = InterfaceControl.objects.select_for_update()  # a pause at this moment is waited for, and kept
    control = locked.filter(interface=interface).first() or InterfaceControl(interface=interface)
    control.release = release
    control.save()
    if interface.mode == "poll":
        StreamState.objects.get_or_create(interface_key=interface.key, defaults={"due_at": timezone.now()})


audit.describe(interface__released="{subject} runs with release {number} ({pins} pinned revisions).")
