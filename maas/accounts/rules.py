"""Who may do what, on which object (library `rules`): asked as `request.user.has_perm(permission, object)`."""

from __future__ import annotations

from typing import Any

from rules.permissions import add_perm
from rules.predicates import predicate

from maas.accounts.models import OAuthClient, Role
from transit.register.sellers import find_region


def _has_role(user: Any, *kinds: Role.Kind, **where: Any) -> bool:
    return bool(user.is_authenticated and user.is_active and user.roles.filter(kind__in=kinds, **where).exists())


@predicate
def is_operator_staff(user: Any, operator_code: str | None) -> bool:
    """Works for this operator."""
    return bool(operator_code) and _has_role(user, Role.Kind.OPERATOR_STAFF, scope=operator_code or "")


@predicate
def is_platform_staff(user: Any) -> bool:
    """Works for the platform."""
    return _has_role(user, Role.Kind.PLATFORM_STAFF, scope="")


@predicate
def is_officer_of_region_of(user: Any, operator_code: str | None) -> bool:
    """Works for the government of the region that this operator belongs to."""
    region = find_region(operator_code) if operator_code else ""
    return bool(region) and _has_role(user, Role.Kind.REGION_OFFICER, scope=region)


@predicate
def is_region_officer(user: Any) -> bool:
    """Works for the government of a region."""
    return _has_role(user, Role.Kind.REGION_OFFICER)


@predicate
def is_officer_of_region(user: Any, region: str | None) -> bool:
    """Works for the government of this region."""
    return bool(region) and _has_role(user, Role.Kind.REGION_OFFICER, scope=region or "")


@predicate
def has_a_second_officer(user: Any, region: str | None) -> bool:
    """Whether more than one person works for the government of this region, whoever asks."""
    officers = Role.objects.filter(kind=Role.Kind.REGION_OFFICER, scope=region or "", user__is_active=True)
    return officers.values("user").distinct().count() > 1


@predicate
def oversees_region(user: Any, region_code: str | None) -> bool:
    """Works for the government of this region, or (without a scope) for the national one, which oversees all."""
    return bool(region_code) and _has_role(user, Role.Kind.REGION_OFFICER, scope__in=(region_code, ""))


@predicate
def oversees(user: Any, operator_code: str | None) -> bool:
    """The same of the region that this operator belongs to."""
    return bool(oversees_region(user, find_region(operator_code) if operator_code else None))


@predicate
def may_see_budget(user: Any, budget: Any) -> bool:
    """Pays it, or oversees the region whose rides it is for; without one, whoever may of any."""
    if budget is None:
        return _has_role(user, Role.Kind.PAYER, Role.Kind.REGION_OFFICER)
    pays = _has_role(user, Role.Kind.PAYER, scope=budget.payer)
    return pays or bool(oversees_region(user, budget.region_code))


@predicate
def is_any_provider(user: Any) -> bool:
    """Sells, or wants to sell, for others."""
    return _has_role(user, Role.Kind.PROVIDER)


@predicate
def is_desk(user: Any) -> bool:
    """Staff of a desk of the platform."""
    return _has_role(user, Role.Kind.DESK_AGENT, Role.Kind.PLATFORM_STAFF)


@predicate
def takes_cash_for(user: Any, operator_code: str | None) -> bool:
    """Drivers and staff of that operator; without one, of any."""
    where = {"scope__gt": ""} if operator_code is None else {"scope": operator_code}
    return _has_role(user, Role.Kind.DRIVER, Role.Kind.OPERATOR_STAFF, **where)


@predicate
def drives_for(user: Any, operator_code: str | None) -> bool:
    """A driver of that operator."""
    return bool(operator_code) and _has_role(user, Role.Kind.DRIVER, scope=operator_code or "")


@predicate
def inspects_for(user: Any, operator_code: str | None) -> bool:
    """Whoever checks tickets of that operator; without one, of any: inspectors, drivers, staff."""
    where = {"scope__gt": ""} if operator_code is None else {"scope": operator_code}
    return _has_role(user, Role.Kind.INSPECTOR, Role.Kind.DRIVER, Role.Kind.OPERATOR_STAFF, **where)


@predicate
def is_partner(user: Any) -> bool:
    """A partner's system, which books for its own customers."""
    return bool(user.is_authenticated) and OAuthClient.objects.filter(user=user, withdrawn_at=None).exists()


add_perm("bookings.view_statement", is_operator_staff | is_platform_staff)
add_perm("bookings.run_operator", is_operator_staff | is_platform_staff)
add_perm("bookings.note_no_show", takes_cash_for | is_platform_staff)
add_perm("bookings.drive", drives_for)
add_perm("bookings.dispatch", is_operator_staff)
add_perm("bookings.inspect", inspects_for)
add_perm("bookings.note_payout", is_platform_staff)
add_perm("bookings.view_payouts", is_operator_staff | is_platform_staff | is_officer_of_region_of)
add_perm("bookings.license_provider", is_region_officer | is_platform_staff)
add_perm("bookings.start_payouts", is_operator_staff)
add_perm("bookings.list_payout_accounts", is_platform_staff | is_region_officer)
add_perm("bookings.approve_payouts", is_platform_staff | is_officer_of_region_of)
add_perm("bookings.top_up_wallet", is_desk)
add_perm("bookings.settle_bill", is_desk)
add_perm("bookings.handle_case", is_desk)
add_perm("bookings.decide_money", is_platform_staff)
add_perm("bookings.propose_write_off", is_desk)
add_perm("bookings.approve_write_off", is_platform_staff)
add_perm("bookings.view_comparisons", is_desk)
add_perm("bookings.view_subsidy", may_see_budget | is_platform_staff)
add_perm("bookings.take_cash", takes_cash_for)
add_perm("bookings.ring_up", is_desk)
add_perm("bookings.serve_callers", is_desk)
add_perm("bookings.sell_for_others", is_desk | is_partner)
add_perm("bookings.hear_of_own_orders", is_partner)
add_perm("bookings.manage_webhooks", is_operator_staff)
add_perm("transit.enter_timetable", is_operator_staff | is_platform_staff)
add_perm("accounts.decide_applications", is_officer_of_region | is_platform_staff)
add_perm("accounts.list_applications", is_region_officer | is_platform_staff)
add_perm("transit.study", is_region_officer | is_platform_staff)
add_perm("transit.look_at_feeds", is_region_officer | is_platform_staff)
add_perm("transit.follow_feeds", is_officer_of_region | is_platform_staff)
add_perm("transit.connect_operator", is_officer_of_region_of | is_platform_staff)
add_perm("transit.set_up_service", is_officer_of_region)
add_perm("transit.agree_to_waiver", is_officer_of_region | (is_platform_staff & ~has_a_second_officer))
add_perm("transit.oversee", oversees)
add_perm("transit.oversee_region", oversees_region)
add_perm("transit.oversee_any", is_region_officer)
add_perm("transit.answer_duty", is_operator_staff)
add_perm("transit.ask_access", is_any_provider | is_partner)
add_perm("transit.view_probes", is_operator_staff | is_officer_of_region_of | is_platform_staff)
add_perm("transit.accept_capability", is_officer_of_region_of | is_platform_staff)
