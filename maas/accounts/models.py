"""People: a user is known by an e-mail address; what they may do follows from their roles."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.states import Machine


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A user; without a password nobody can log in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A member of the platform's staff who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email


class Role(models.Model):
    """What a user may do, and where: the scope is an operator's or a region's code, empty for the whole platform."""

    class Kind(models.TextChoices):
        """The roles; a resident needs none."""

        DELEGATE = "delegate", _("delegate")
        DESK_AGENT = "desk_agent", _("desk agent")
        DRIVER = "driver", _("driver")
        INSPECTOR = "inspector", _("inspector")
        OPERATOR_STAFF = "operator_staff", _("operator staff")
        REGION_OFFICER = "region_officer", _("region officer")
        PROVIDER = "provider", _("third-party provider")
        PAYER = "payer", _("payer")
        PLATFORM_STAFF = "platform_staff", _("platform staff")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    scope = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind", "scope"], name="role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.scope}".strip()


class OAuthClient(models.Model):
    """A partner's system, which books for its own customers as the technical `user` that nobody logs in as.

    Secrets are random and kept as SHA-256 only; the old one opens too until `old_until`.
    """

    client_id = models.CharField(max_length=22, unique=True)
    title = models.CharField(_("name"), max_length=150)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="oauth_client")
    scopes = models.CharField(max_length=200, help_text="separated by spaces")
    secret_sha256 = models.CharField(max_length=64)
    old_secret_sha256 = models.CharField(max_length=64, blank=True)
    old_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("partner's system")
        verbose_name_plural = _("partners' systems")

    def __str__(self) -> str:
        return self.title


class OAuthToken(models.Model):
    """What a partner's system was given for an hour at most; only its SHA-256 is kept."""

    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="tokens")
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=200)
    expires_at = models.DateTimeField(db_index=True)

    is_machine = True
    """A caller without a browser session."""


OPERATOR_APPLICATION = Machine.of("operator application", APPLIED="APPROVED REFUSED", APPROVED="", REFUSED="")


class OperatorApplication(models.Model):
    """Somebody asks that a company be an operator here, with them as its staff; an officer of the region decides.

    Nothing of it is public before that. `kind` is one of transit's Service.Kind. `operator_code` is set when approved.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="operator_applications")
    region = models.SlugField(max_length=40)
    legal_name = models.CharField(_("name of the company"), max_length=150)
    business_id = models.CharField(_("business ID"), max_length=40)
    kind = models.CharField(_("what it runs"), max_length=16)
    licensing_office = models.CharField(_("transport bureau that supervises it"), max_length=150)
    licence_number = models.CharField(_("number of its licence"), max_length=80)
    phone = models.CharField(_("phone"), max_length=40)
    applied_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=OPERATOR_APPLICATION.choices, default="APPLIED")
    reason = models.CharField(max_length=300, blank=True)
    operator_code = models.CharField(max_length=40, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-applied_at", "-pk"]

    def __str__(self) -> str:
        return self.legal_name


class OperatorApplicationEvent(models.Model):
    """A decision about an application."""

    application = models.ForeignKey(OperatorApplication, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
