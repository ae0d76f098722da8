"""People: known by an e-mail address in any spelling of case."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from maas.accounts.models import Role, User

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_email_is_the_name_and_case_does_not_matter() -> None:
    user = User.objects.create_user("Aino@Example.org", "one way to travel")
    assert (user.email, user.check_password("one way to travel")) == ("aino@example.org", True)
    with pytest.raises(IntegrityError):
        User.objects.create_user("AINO@example.org")


def test_a_role_is_given_once_per_scope() -> None:
    user = User.objects.create_user("mika@example.org")
    Role.objects.create(user=user, kind=Role.Kind.REGION_OFFICER, scope="coast")
    Role.objects.create(user=user, kind=Role.Kind.REGION_OFFICER, scope="lakes")
    with pytest.raises(IntegrityError):
        Role.objects.create(user=user, kind=Role.Kind.REGION_OFFICER, scope="coast")
