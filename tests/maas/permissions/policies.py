"""Who may do what: an operation without a line here, and a line without an operation, fail the build.

`may` names everybody who is not refused; `sees` those to whom what belongs to the bus, to its customer `resident_a`
or to the partner `system_a` may be shown. A foreign object is one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.maas.permissions.cast import EVERYBODY, NOBODY, SYSTEMS

People = frozenset[str]

OWNER: Final = frozenset({"resident_a"})
SYSTEM: Final = frozenset({"system_a"})
PLATFORM: Final = frozenset({"platform_staff"})
DESK: Final = PLATFORM | {"desk_agent"}
AGENT: Final = frozenset({"desk_agent"})
"""Who serves the caller: a colleague does not."""
OFFICERS: Final = frozenset({"officer_a", "officer_b"})
OFFICE: Final = frozenset({"staff_a"})
DRIVER: Final = frozenset({"driver_a"})
DRIVERS: Final = DRIVER | {"driver_b"}
ON_BOARD: Final = OFFICE | {"driver_a"}
CHECKING: Final = ON_BOARD | {"inspector_a"}
BOTH_ON_BOARD: Final = ON_BOARD | {"driver_b", "staff_b"}
BOTH_CHECKING: Final = CHECKING | {"driver_b", "inspector_b", "staff_b"}
PLANNERS: Final = OFFICERS | PLATFORM
SIGNED_IN: Final = EVERYBODY - {NOBODY, *SYSTEMS}
HOME_OFFICER: Final = frozenset({"officer_a"})
ASKER: Final = frozenset({"provider_b"})
PROVIDERS: Final = frozenset({"provider_a", "provider_b"})
NO_ONE: Final[People] = frozenset()


@dataclass(frozen=True)
class Policy:
    """`acts`: what is done cannot be taken back, so that it is only asked of those who may not."""

    may: People
    sees: People
    acts: bool = False


def only(*people: People, acts: bool = False) -> Policy:
    """They alone, and they see what is theirs."""
    whole = NO_ONE.union(*people)
    return Policy(whole, whole, acts)


OPEN: Final = Policy(EVERYBODY, NO_ONE)
"""Anybody may, and nothing there belongs to anybody."""
OWN: Final = Policy(EVERYBODY, OWNER)
"""Anybody may, and sees one's own."""

API: Final[dict[str, Policy]] = {
    "list_departures": OPEN,
    "list_feeds": OPEN,
    "find_places": OPEN,
    "place_at": OPEN,
    "plan": OPEN,
    "refresh": OPEN,
    "list_problems": OPEN,
    "list_ticket_keys": OPEN,
    "list_vehicles": OPEN,
    "list_shared_vehicles": OPEN,
    "stripe_webhook": OPEN,
    "download_register": OPEN,
    "list_access_records": OPEN,
    "list_access_statistics": OPEN,
    "get_register_catalogue": OPEN,
    "list_register_changes": OPEN,
    "count_complaints": OPEN,
    "list_duties": OPEN,
    "list_duties_csv": OPEN,
    "list_interfaces": OPEN,
    "get_interface": only(NO_ONE),  # that of the bus is a file, which nobody else could read
    "list_operators": OPEN,
    "get_operator": OPEN,
    "list_services": OPEN,
    "get_service": only(NO_ONE),  # of such a code there is none
    "get_evidence": only(OFFICE, HOME_OFFICER, PLATFORM),
    "list_probes": only(OFFICE, HOME_OFFICER, PLATFORM),
    "list_access_requests": Policy(PROVIDERS, ASKER),
    "ask_access": Policy(PROVIDERS, ASKER),
    "get_access_request": only(ASKER),
    "move_access_request": only(ASKER),
    "ask_feed_statistics": only(PLANNERS),
    "list_studies": only(PLANNERS),
    "ask_study": only(PLANNERS),
    "get_study": only(PLANNERS),
    "get_study_result": only(PLANNERS),
    "create_offer": OPEN,
    "get_offer": only(OWNER),
    "create_order": only(OWNER),
    "get_order": only(OWNER),
    "quote_cancellation": only(OWNER),
    "cancel_order": only(OWNER),
    "offer_change": only(OWNER, acts=True),
    "consent_to_order": only(OWNER),
    "get_contact": only(OWNER),
    "choose_contact": only(OWNER),
    "get_help": only(OWNER),
    "ask_for_help": only(OWNER),
    "get_journey_calendar": only(OWNER),
    "list_receipts": only(OWNER),
    "offer_way_on": only(OWNER),
    "get_ticket": only(OWNER),
    "get_ticket_code": only(OWNER),
    "get_ticket_pdf": only(OWNER),
    "list_order_vehicles": only(OWNER),
    "submit_driver_actions": only(DRIVER),
    "note_position": only(DRIVER),
    "call_off_booking": only(OFFICE, PLATFORM),
    "list_flagged_checks": only(CHECKING),
    "submit_checks": only(CHECKING),
    "get_day_list": only(CHECKING),
    "list_revocations": only(CHECKING),
    "note_no_show": only(ON_BOARD, PLATFORM),
    "list_payouts": only(OFFICE, PLATFORM),
    "note_payout": only(PLATFORM),
    "get_statement": only(OFFICE, PLATFORM),
    "get_statement_csv": only(OFFICE, PLATFORM),
    "get_statement_pdf": only(OFFICE, PLATFORM),
    "note_trip_event": only(OFFICE, PLATFORM),
    "list_webhooks": only(OFFICE),
    "create_webhook": only(OFFICE),
    "delete_webhook": only(OFFICE),
    "list_webhook_deliveries": only(OFFICE),
    "rotate_webhook_secret": only(OFFICE),
    "list_own_webhooks": Policy(frozenset(SYSTEMS), SYSTEM),
    "create_own_webhook": Policy(frozenset(SYSTEMS), SYSTEM),
    "delete_own_webhook": only(SYSTEM),
    "list_own_webhook_deliveries": only(SYSTEM),
    "rotate_own_webhook_secret": only(SYSTEM),
}
"""By `operationId`."""

PAGES: Final[dict[str, Policy]] = {
    "GET search": OPEN,
    "GET results": OPEN,
    "GET itinerary": OPEN,
    "GET departures": OPEN,
    "GET about": OPEN,
    "GET tiles": only(NO_ONE),  # of such a name there are none
    "GET duty": OPEN,
    "GET duty-of-operator": OPEN,
    "GET complain": OPEN,
    "POST complain": OPEN,
    "GET complaint": only(NO_ONE),
    "POST complaint": only(NO_ONE),
    "GET access": OPEN,
    "GET access-mine": Policy(PROVIDERS, ASKER),
    "GET access-ask": Policy(PROVIDERS, ASKER),
    "POST access-ask": Policy(PROVIDERS, ASKER),
    "GET access-request": only(OFFICE, HOME_OFFICER, ASKER),
    "POST access-move": only(OFFICE, HOME_OFFICER, ASKER),
    "GET officer": Policy(OFFICERS, HOME_OFFICER),
    "GET officer-region": only(HOME_OFFICER),
    "POST officer-region": only(HOME_OFFICER),
    "POST officer-exemption": only(HOME_OFFICER),
    "GET officer-complaint": only(HOME_OFFICER),
    "POST officer-complaint-move": only(HOME_OFFICER),
    "GET on-demand": Policy(OFFICERS, HOME_OFFICER),
    "GET on-demand-region": only(HOME_OFFICER),
    "POST on-demand-region": only(HOME_OFFICER),
    "GET on-demand-service-new": only(HOME_OFFICER),
    "POST on-demand-service-new": only(HOME_OFFICER),
    "GET on-demand-service": only(HOME_OFFICER),
    "POST on-demand-service": only(HOME_OFFICER),
    "GET on-demand-service-edit": only(HOME_OFFICER),
    "POST on-demand-service-edit": only(HOME_OFFICER),
    "GET on-demand-version": only(HOME_OFFICER),
    "POST on-demand-version": only(HOME_OFFICER),
    "GET on-demand-compare": only(HOME_OFFICER),
    "POST on-demand-compare": only(HOME_OFFICER),
    "GET on-demand-section": only(HOME_OFFICER),
    "POST on-demand-section": only(HOME_OFFICER),
    "GET on-demand-part-new": only(HOME_OFFICER),
    "POST on-demand-part-new": only(HOME_OFFICER),
    "GET on-demand-part": only(HOME_OFFICER),
    "POST on-demand-part": only(HOME_OFFICER),
    "GET operator-duty": only(OFFICE, HOME_OFFICER),
    "POST operator-duty": only(OFFICE),
    "GET hosted-timetable": only(OFFICE, PLATFORM),
    "POST hosted-timetable": only(OFFICE, PLATFORM),
    "GET hosted-today": only(OFFICE, PLATFORM),
    "POST hosted-today": only(OFFICE, PLATFORM),
    "GET hosted-stops": only(OFFICE, PLATFORM),
    "POST hosted-stops": only(OFFICE, PLATFORM),
    "GET hosted-stop": only(OFFICE, PLATFORM),
    "POST hosted-stop": only(OFFICE, PLATFORM),
    "GET hosted-line-new": only(OFFICE, PLATFORM),
    "POST hosted-line-new": only(OFFICE, PLATFORM),
    "GET hosted-line": only(OFFICE, PLATFORM),
    "POST hosted-line": only(OFFICE, PLATFORM),
    "GET hosted-season-new": only(OFFICE, PLATFORM),
    "POST hosted-season-new": only(OFFICE, PLATFORM),
    "GET hosted-season": only(OFFICE, PLATFORM),
    "POST hosted-season": only(OFFICE, PLATFORM),
    "GET hosted-days": only(OFFICE, PLATFORM),
    "POST hosted-days": only(OFFICE, PLATFORM),
    "GET hosted-grid": only(OFFICE, PLATFORM),
    "POST hosted-grid": only(OFFICE, PLATFORM),
    "GET hosted-fares": only(OFFICE, PLATFORM),
    "POST hosted-fares": only(OFFICE, PLATFORM),
    "GET hosted-vehicles": only(NO_ONE),  # it lends none
    "POST hosted-vehicles": only(NO_ONE),
    "GET hosted-stand-new": only(NO_ONE),
    "POST hosted-stand-new": only(NO_ONE),
    "GET hosted-stand": only(NO_ONE),
    "POST hosted-stand": only(NO_ONE),
    "GET open-data": OPEN,
    "GET open-data-feed": only(NO_ONE),  # nothing is published
    "GET open-data-version": only(NO_ONE),
    "GET open-data-realtime": only(NO_ONE),
    "GET open-data-vehicles": only(NO_ONE),
    "GET open-data-gofs": only(NO_ONE),
    "GET open-data-gofs-file": only(NO_ONE),
    "GET interface": only(OFFICE, HOME_OFFICER, PLATFORM),
    "POST accept-capability": only(HOME_OFFICER, PLATFORM),
    "GET register": OPEN,
    "GET register-operators": OPEN,
    "GET register-operator": OPEN,
    "GET register-service": only(NO_ONE),
    "GET register-changes": OPEN,
    "GET register-feed": OPEN,
    "GET connect": only(HOME_OFFICER, PLATFORM),
    "POST connect": only(HOME_OFFICER, PLATFORM),
    "GET feeds": Policy(PLANNERS, HOME_OFFICER | PLATFORM),
    "POST feeds-decide": only(PLATFORM),  # the feed was imported by hand and is nobody's
    "GET planning": only(PLANNERS),
    "POST planning": only(PLANNERS),
    "GET study": only(PLANNERS),
    "POST offer-create": OPEN,
    "GET offer": only(OWNER),
    "POST offer": only(OWNER),
    "GET order": only(OWNER),
    "GET pay": only(OWNER),
    "POST consent": only(OWNER),
    "POST give-up": only(OWNER, acts=True),
    "GET cancel": only(OWNER),
    "POST cancel": only(OWNER, acts=True),
    "GET vehicles": only(OWNER),
    "GET vehicles-live": only(OWNER),
    "GET drive": Policy(DRIVERS, DRIVER),
    "GET drive-worker": OPEN,
    "GET drive-shift": only(DRIVER),
    "POST drive-act": only(DRIVER),
    "POST drive-take": only(DRIVER),
    "POST drive-leave": only(DRIVER),
    "POST drive-phone": only(DRIVER),
    "POST drive-maps": Policy(SIGNED_IN, NO_ONE),
    "GET board": only(OFFICE),
    "POST board-act": only(OFFICE),
    "GET receipts": only(OWNER),
    "GET receipts-pdf": only(OWNER),
    "GET order-tickets-pdf": only(OWNER),
    "GET journey-ics": only(OWNER),
    "GET change": only(OWNER),
    "POST change": only(OWNER, acts=True),
    "GET go-on": only(OWNER),
    "POST go-on": only(OWNER, acts=True),
    "GET order-help": only(OWNER),
    "POST order-help": only(OWNER, acts=True),
    "GET tell": only(OWNER),
    "POST tell": only(OWNER),
    "POST notify": only(OWNER),
    "POST payment-link-send": only(NO_ONE),
    "GET payment-link": only(NO_ONE),
    "POST payment-link": only(NO_ONE),
    "GET cards": Policy(SIGNED_IN, OWNER),
    "POST cards": Policy(SIGNED_IN, OWNER),
    "GET card": only(OWNER),
    "POST card-remove": only(OWNER, acts=True),
    "GET on-demand-dry-run": only(NO_ONE),  # of such a version there is none
    "GET on-demand-dry-runs": only(NO_ONE),
    "POST on-demand-dry-runs": only(NO_ONE),
    "GET subsidies": only(PLANNERS),
    "GET subsidy": only(NO_ONE),  # nobody has been offered a subsidised ride
    "GET subsidy-audit": only(NO_ONE),
    "GET tickets": OWN,
    "GET ticket": only(OWNER),
    "GET ticket-pdf": only(OWNER),
    "GET account": only(OFFICE, PLATFORM),
    "POST account": only(PLATFORM),
    "GET payouts": only(OFFICE, PLATFORM, frozenset({"officer_a"})),
    "POST payouts-start": only(OFFICE, acts=True),
    "GET payouts-back": only(OFFICE, PLATFORM, frozenset({"officer_a"})),
    "POST payouts-decide": only(PLATFORM, frozenset({"officer_a"}), acts=True),
    "GET desk-payouts": Policy(PLATFORM | OFFICERS, PLATFORM | {"officer_a"}),
    "GET webhooks": only(OFFICE),
    "POST webhooks": only(OFFICE, acts=True),
    "GET desk-cases": only(DESK),
    "GET desk-case": only(DESK),
    "POST desk-case": only(DESK),
    "POST write-off": only(DESK),
    "POST write-off-decide": only(PLATFORM),
    "GET comparisons": only(DESK),
    "GET desk-top-up": only(DESK),
    "POST desk-top-up": only(DESK),
    "GET desk-bills": Policy(DESK | BOTH_ON_BOARD, DESK | ON_BOARD),
    "POST desk-settle": only(DESK, ON_BOARD),
    "GET desk-calls": only(DESK),
    "POST desk-call": only(DESK),
    "GET desk-callers": only(DESK),
    "POST desk-callers": only(DESK),
    "POST desk-open": only(DESK),
    "GET desk-caller": only(AGENT),
    "POST desk-caller": only(AGENT),
    "POST desk-choose": only(AGENT),
    "GET desk-offer": only(AGENT),
    "POST desk-offer": only(AGENT),
    "GET desk-order": only(AGENT),
    "GET desk-order-state": only(AGENT),
    "POST desk-order-link": only(AGENT),
    "GET desk-order-plan": only(AGENT),
    "GET desk-order-cancel": only(AGENT),
    "POST desk-order-cancel": only(AGENT, acts=True),
    "GET desk-keep": only(AGENT),
    "POST desk-keep": only(AGENT),
    "GET desk-file": only(AGENT),
    "POST desk-file": only(AGENT),
    "POST desk-right": only(AGENT),
    "POST desk-favourite": only(AGENT),
    "POST desk-erase": only(AGENT, acts=True),
    "GET desk-recurring": only(AGENT),
    "POST desk-recurring": only(AGENT),
    "POST desk-recurring-change": only(AGENT, acts=True),
    "POST desk-day-told": only(AGENT),
    "GET desk-delegates": only(AGENT),
    "POST desk-delegates": only(AGENT),
    "GET desk-expiring": only(DESK),
    "GET desk-failed-days": only(DESK),
    "GET my-file": Policy(SIGNED_IN, OWNER),
    "POST my-file": Policy(SIGNED_IN, OWNER),
    "POST my-recurring-change": only(OWNER, acts=True),
    "POST offer-for": only(NO_ONE),  # nobody may order for anybody here
    "GET operator-apply": Policy(SIGNED_IN, OWNER),
    "POST operator-apply": Policy(SIGNED_IN, OWNER),
    "GET operator-applications": Policy(PLANNERS, HOME_OFFICER | PLATFORM),
    "POST operator-application": only(HOME_OFFICER, PLATFORM),
    "GET providers": only(PLANNERS),
    "POST provider-decide": only(PLANNERS),
    "POST provider-paid": only(NO_ONE),
    "POST desk-pay-out": only(DESK, acts=True),
    "GET inspect": Policy(BOTH_CHECKING, CHECKING),
    "GET inspect-worker": OPEN,
    "GET inspect-at": only(CHECKING),
    "POST inspect-at": only(CHECKING),
    "GET inspect-list": only(CHECKING),
    "GET inspect-checks": only(CHECKING),
}
"""By method and the name of the address. A page that answers 405 to everybody is no operation."""

BODIES: Final[dict[str, dict[str, Any]]] = {
    "create_offer": {"token": "x", "travellers": [{"category": "adult"}]},
    "create_order": {"offer": "{offer}"},
    "call_off_booking": {"reference": "{reference}"},
    "note_no_show": {"reference": "{reference}"},
    "offer_change": {"token": "{itinerary}", "bookings": [1]},
    "submit_driver_actions": {"actions": []},
    "note_position": {"lon": 24.9, "lat": 60.2},
    "POST drive-act": {"key": "9b2f3c1e-8c5e-4a53-9d3c-0d9f0c6a7e11", "what": "pause"},
    "POST drive-phone": {"reference": "{ride}"},
    "POST board-act": {"shift": "{shift}", "action": "free"},
    "consent_to_order": {"price": {"minor": 1, "currency": "EUR"}},
    "ask_for_help": {"text": "Hello"},
    "POST webhooks": {"code": "{hook}", "action": "delete"},
    "POST order-help": {"text": "Hello"},
    "POST change": {"token": "{itinerary}"},
    "POST payouts-decide": {"decision": "approve"},
    "POST hosted-today": {"do": "alert", "text": "Hello", "hours": "24"},
    "POST access-move": {"to": "GRANTED", "answer": "Come in."},
    "POST officer-exemption": {"decision": "grant", "answer": "So be it."},
    "POST officer-complaint-move": {"to": "UNDER_REVIEW"},
    "POST on-demand-version": {"do": "send-back"},
    "POST on-demand-service": {"like": "{version}"},
    "POST operator-duty": {"do": "withdraw-exemption", "pk": "{exemption}"},
}
"""What is sent where something is said about an object; nothing elsewhere."""
