"""Rights on single objects, kept by guardian and governed like everything else."""

from __future__ import annotations

from typing import ClassVar

from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionAbstract, UserObjectPermissionAbstract

from governance.models.governed import GovernedModel


class PersonObjectPermission(GovernedModel, UserObjectPermissionAbstract):
    """A person may do something to one object."""

    objects: ClassVar[UserObjectPermissionManager] = UserObjectPermissionManager()  # type: ignore[assignment]

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = False
        verbose_name = "object permission of a person"
        verbose_name_plural = "object permissions of persons"


class RoleObjectPermission(GovernedModel, GroupObjectPermissionAbstract):
    """A role may do something to one object."""

    objects: ClassVar[GroupObjectPermissionManager] = GroupObjectPermissionManager()  # type: ignore[assignment]

    class Meta(GroupObjectPermissionAbstract.Meta):
        abstract = False
        verbose_name = "object permission of a role"
        verbose_name_plural = "object permissions of roles"
