"""Staff pages of people and of partners' systems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maas.accounts import clients
from maas.accounts.models import OAuthClient, Role, User


class RoleInline(admin.TabularInline):
    model = Role
    extra = 0


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("email", "name", "is_active", "is_staff")
    search_fields = ("email",)
    fields = ("email", "name", "is_active", "is_staff", "groups")
    inlines = (RoleInline,)


class OAuthClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(choices=clients.SCOPES.items(), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = OAuthClient
        fields = ("title", "scopes")

    def clean_scopes(self) -> str:
        return " ".join(sorted(self.cleaned_data["scopes"]))


@admin.register(OAuthClient)
class OAuthClientAdmin(admin.ModelAdmin):
    """A secret is on the page that answers its making, and nowhere afterwards."""

    list_display = ("title", "client_id", "scopes", "created_at", "old_until", "withdrawn_at")
    readonly_fields = ("title", "client_id", "scopes", "created_at", "old_until", "withdrawn_at")
    fields = readonly_fields
    actions = ("rotate", "withdraw")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": OAuthClientForm}), **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("title", "scopes")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, obj.secret = clients.create(obj.title, obj.scopes.split(), timezone.now())
        obj.pk, obj.client_id = made.pk, made.client_id

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return _secret(request, obj, obj.secret)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("New secret (the old one opens for 24 hours more)"), permissions=["change"])
    def rotate(self, request: HttpRequest, chosen: QuerySet[OAuthClient]) -> HttpResponse | None:
        client = chosen.filter(withdrawn_at=None).first()
        if client is None or chosen.count() != 1:
            messages.error(request, gettext("Please choose one system that was not withdrawn."))
            return None
        return _secret(request, *clients.rotate(client.pk, timezone.now()))

    @admin.action(description=_("Withdraw: nothing opens any more"), permissions=["change"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[OAuthClient]) -> None:
        for client in chosen:
            clients.withdraw(client.pk, timezone.now())


def _secret(request: HttpRequest, client: OAuthClient, secret: str) -> HttpResponse:
    context = admin.site.each_context(request) | {"client": client, "secret": secret, "title": client.title}
    return render(request, "admin/accounts/secret.html", context)  # the admin's pages are never kept
