"""What a service account may do: one interface, one direction."""

from __future__ import annotations

from django.db import models

from governance.models import GovernedModel, ServiceAccount
from hub.models.interface import Interface


class Direction(models.TextChoices):
    SEND = "send", "Send messages to the hub"
    READ = "read", "Read messages of the hub"
    OPERATE = "operate", "Replay"
    PROPOSE = "propose", "Propose changes of it and of what it is made of"


class InterfaceGrant(GovernedModel):
    """Deny first: without a row the interface does not exist for the account."""

    service_account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="grants")
    interface = models.ForeignKey(Interface, on_delete=models.PROTECT, related_name="grants")
    direction = models.CharField(max_length=8, choices=Direction)

    class Meta:
        verbose_name = "interface grant"
        constraints = [
            models.UniqueConstraint(fields=["service_account", "interface", "direction"], name="one_grant_a_direction")
        ]

    def __str__(self) -> str:
        return f"{self.service_account} may {self.direction} on {self.interface.key}"
