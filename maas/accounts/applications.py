"""From an empty account to an operator: somebody applies, an officer of the region looks at licence and identity.

An approved company is in the register, sells here, and its first member of staff is whoever applied. Payouts have an
approval of their own (bookings.services.payout_accounts).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from maas.accounts.models import OPERATOR_APPLICATION, OperatorApplication, Role, User
from transit.models import LENT, Interface, Operator, Region, Service
from transit.register import letters
from transit.register.changes import note_changes
from transit.register.letters import Addressees, Post, first_of, post
from transit.register.sellers import find_languages

DECIDE, LIST = "accounts.decide_applications", "accounts.list_applications"
TIMETABLED: Final = (Service.Kind.BUS, Service.Kind.FERRY, Service.Kind.TRAM, Service.Kind.TRAIN)
KINDS: Final = (*TIMETABLED, *LENT)
"""What can be entered by hand: what runs by a timetable, and vehicles that one takes oneself."""
_RESERVED: Final = frozenset({"apply", "applications"})


class ApplicationError(Exception):
    """`code` says why it cannot be done."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def apply(user: User, facts: Mapping[str, str], now: datetime) -> OperatorApplication:
    """Ask. Raises ApplicationError where the e-mail address is not confirmed, or an application waits already."""
    if not is_confirmed(user):
        raise ApplicationError("address_unconfirmed")
    if user.operator_applications.filter(state="APPLIED").exists():
        raise ApplicationError("waits_already")
    with transaction.atomic():
        row = OperatorApplication.objects.create(user=user, applied_at=now, **facts)
        _tell(row, now)
    return row


def is_confirmed(user: User) -> bool:
    """Whether the person has shown that the e-mail address is theirs."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def list_for(user: Any) -> list[OperatorApplication]:
    """What an officer may decide about, those that wait first."""
    rows = OperatorApplication.objects.select_related("user").order_by("-applied_at", "-pk")
    return sorted((row for row in rows if user.has_perm(DECIDE, row.region)), key=lambda row: row.state != "APPLIED")


def decide(pk: int, officer: User, *, approve: bool, reason: str, now: datetime) -> OperatorApplication:
    """Decide. Raises OperatorApplication.DoesNotExist (also for another region's) and ApplicationError.

    Nobody decides about their own.
    """
    with transaction.atomic():
        row = OperatorApplication.objects.select_for_update().get(pk=pk)
        may: Any = officer
        if not may.has_perm(DECIDE, row.region):
            raise OperatorApplication.DoesNotExist
        if row.user_id == officer.pk:
            raise ApplicationError("own")
        if row.state != "APPLIED":
            raise ApplicationError("decided")
        if not approve and not reason:
            raise ApplicationError("reason_missing")
        row.reason, row.decided_by = reason, officer
        if approve:
            row.operator_code = _establish(row)
        row.save(update_fields=["reason", "decided_by", "operator_code"])
        OPERATOR_APPLICATION.move(row, "APPROVED" if approve else "REFUSED", by=officer.pk)
        _tell(row, now)
    if approve:
        note_changes(now, [row.operator_code])
    return row


def _establish(row: OperatorApplication) -> str:
    """The operator, what it runs, and its first member of staff; the operator's code."""
    region = Region.objects.get(code=row.region)
    code = _free_code(row.legal_name)
    operator = Operator.objects.create(
        code=code,
        region=region,
        legal_name=row.legal_name,
        business_id=row.business_id,
        country=region.country,
        phone=row.phone,
        licensing_office=row.licensing_office,
        licence_number=row.licence_number,
    )
    timetabled = row.kind in TIMETABLED
    Service.objects.create(
        code=code,
        operator=operator,
        agency_id=f"{code}:{code}" if timetabled else "",
        name=row.legal_name,
        kind=row.kind,
        subtype=Service.Subtype.SCHEDULE if timetabled else "",
        sales=Service.Sales.HOSTED if timetabled else Service.Sales.ELSEWHERE,
    )
    Role.objects.get_or_create(user=row.user, kind=Role.Kind.OPERATOR_STAFF, scope=code)
    return code


def _free_code(name: str) -> str:
    """The name in small letters, and a number where another company or somebody's feed has it."""
    base = slugify(name)[:32].strip("-") or "operator"
    feeds = set(Interface.objects.values_list("name", flat=True))
    feeds |= {agency.partition(":")[0] for agency in Service.objects.values_list("agency_id", flat=True)}
    codes = {*Operator.objects.values_list("code", flat=True), *Service.objects.values_list("code", flat=True)}
    taken = {*codes, *feeds, *(name.removesuffix("-now").removesuffix("-vehicles") for name in feeds), *_RESERVED}
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if code not in taken)


def compose(about: Mapping[str, Any], now: datetime) -> Post | None:
    """Officers hear who has applied, and applicants what was decided; None where it was decided meanwhile."""
    row = OperatorApplication.objects.filter(pk=about["application"], state=about["state"]).first()
    if row is None:
        return None
    page: list[str] = ["operator-apply"]
    to = Addressees(user_id=row.user_id)
    if row.state == "APPLIED":
        to, page = Addressees(regions=(row.region,)), ["operator-applications"]
    elif row.state == "APPROVED":
        page = ["hosted-timetable", row.operator_code]
    with translation.override(first_of(find_languages(row.region))):
        return post(to, "application", {"application": row, "name": " ".join(row.legal_name.split())}, *page)


def _tell(row: OperatorApplication, now: datetime) -> None:
    key = f"application:{row.pk}:{row.state}"
    letters.write("application", key, now, application=row.pk, state=row.state)
