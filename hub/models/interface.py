"""Interfaces: governed paths from one system to others, their releases and their switches."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from governance.models import AppendOnlyModel, GovernedModel, Projection, Revision, System


class Interface(Projection):
    """A path from one system; its routes, ICD and mappings are named in ``content`` (hub/interface_kind.py)."""

    KIND: ClassVar[str] = "interface"

    source = models.ForeignKey(System, on_delete=models.PROTECT, related_name="interfaces_out")
    mode = models.CharField(max_length=16)
    owner = models.CharField(max_length=160)
    criticality = models.CharField(max_length=16)
    is_gxp = models.BooleanField(default=False)

    class Meta(Projection.Meta):
        verbose_name = "interface"
        permissions = [
            ("operate_interface", "May pause, resume and replay"),
            ("approve_interface", "May be the second person of a replay or a decision"),
            ("propose_interface", "May propose changes of this interface"),
            ("read_payload", "May read payloads"),
            ("unmask_payload", "May unmask values of protected data classes, with a reason"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.label}"

    def take(self, content: dict[str, Any]) -> None:
        self.source = System.objects.get(key=content["source"]["system"])
        self.mode = content["source"]["mode"]
        self.owner = content["owner"]
        self.criticality = content.get("criticality", "medium")
        self.is_gxp = content.get("gxp", False)


class InterfaceRelease(AppendOnlyModel):
    """Everything an interface runs with, pinned by revision; its digest is stamped on every message it handles."""

    interface_key = models.CharField(max_length=160)
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=32)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    pins = models.JSONField(help_text="List of [kind, key, version, revision id, digest], sorted.")
    digest = models.CharField(max_length=80)
    change_number = models.CharField(max_length=16)
    released_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "interface release"
        constraints = [
            models.UniqueConstraint(fields=["interface_key", "number"], name="one_release_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.interface_key} release {self.number}"


class InterfaceControl(GovernedModel):
    """Operational switches of one interface, apart from its configuration: an act with a reason, not a change."""

    interface = models.OneToOneField(Interface, on_delete=models.PROTECT, related_name="control")
    release = models.ForeignKey(InterfaceRelease, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=160, blank=True)
    paused_because = models.TextField(blank=True)
    is_halted = models.BooleanField(default=False, help_text="Paused by the engine, because every record would fail.")

    class Meta:
        verbose_name = "interface control"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paused_at__isnull=True, paused_by="")
                | (models.Q(paused_at__isnull=False) & ~models.Q(paused_by="")),
                name="paused_at_with_paused_by",
            )
        ]

    def __str__(self) -> str:
        return f"control of {self.interface.key}"
