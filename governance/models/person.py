"""Persons: the accounts that people sign in with. Systems use service accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, Permission, PermissionsMixin
from django.db import models
from django.utils import timezone

from governance.actors import Actor
from governance.models.governed import GovernedModel, GovernedQuerySet


class PersonManager(BaseUserManager.from_queryset(GovernedQuerySet)):  # type: ignore[misc]
    """Makes persons; the caller opens the change."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Person(GovernedModel, AbstractBaseUser, PermissionsMixin):
    """A human being with a name under which signatures are shown (21 CFR 11.50)."""

    NOT_IN_HISTORY = ("password",)

    last_login = None  # a sign-in is an audit event, not a change of the person
    signed_in_by = "password"  # how this request's session was opened; set by the door, never stored
    username = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=160)
    title = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open Django's admin.")
    must_change_password = models.BooleanField(default=False, help_text="Somebody else knows the present one.")
    one_time_until = models.DateTimeField(null=True, blank=True, help_text="When that password stops opening anything.")
    password_set_at = models.DateTimeField(null=True, blank=True, help_text="When the present password was chosen.")
    reopened_at = models.DateTimeField(null=True, blank=True, help_text="When an administrator let it in again.")
    human_id = models.UUIDField(null=True, blank=True, editable=False, db_index=True)  # shared by accounts of one
    joined_at = models.DateTimeField(default=timezone.now)
    groups = models.ManyToManyField(Group, through="Membership", related_name="persons", related_query_name="person")  # type: ignore[assignment]
    user_permissions = models.ManyToManyField(  # type: ignore[assignment]
        Permission, through="PersonPermission", related_name="persons", related_query_name="person"
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = "person"
        permissions = [
            ("administer_person", "May enrol persons, give and take roles, unlock and deactivate"),
            ("confirm_signer", "May confirm who a person is whose signing is suspended"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]

    @property
    def human(self) -> str:
        """Which human being this is: accounts that belong to the same one share it (see services/same_person.py)."""
        return str(self.human_id or self.pk)

    def as_actor(self, authenticated_by: str = "") -> Actor:
        """This person as evidence shows them."""
        roles = tuple(sorted(self.groups.values_list("name", flat=True)))
        how = authenticated_by or self.signed_in_by
        return Actor("person", str(self.pk), self.full_name or self.username, roles, how)


class Membership(GovernedModel):
    """A person has a role."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    group = models.ForeignKey(Group, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="one_membership_a_person_and_role")]

    def __str__(self) -> str:
        return f"{self.person} in {self.group}"


class PersonPermission(GovernedModel):
    """A right given to one person, beside their roles."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    permission = models.ForeignKey(Permission, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "permission"], name="one_right_a_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.permission.codename}"
