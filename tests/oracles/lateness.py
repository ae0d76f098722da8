"""Who is late, day by day: the slow and obvious version of `transit.register.duty`."""

from __future__ import annotations

from datetime import date, timedelta

from transit.register.contents import Item, owed
from transit.register.duty import Facts, Owed, Standing


def disclosers(duty: Owed, facts: Facts, day: date) -> set[str]:
    """Everybody whose interfaces count on a day: the operator, who discloses for it, who does for those …"""
    found = {duty.operator}
    while True:
        more = {
            hand.by
            for hands in facts.through.values()
            for hand in hands
            if hand.operator in found and day in hand.days and hand.reach.covers(duty.kind, duty.level)
        }
        if more <= found:
            return found
        found |= more


def missing(duty: Owed, facts: Facts, day: date) -> set[Item]:
    """What nobody disclosed on a day."""
    there: set[Item] = set()
    for who in disclosers(duty, facts, day):
        for each in facts.disclosed.get(who, ()):
            if day in each.days and (each.services is None or duty.service in each.services):
                there |= each.items
    return set(owed(duty.kind, duty.level)) - there


def standing(duty: Owed, facts: Facts, day: date) -> Standing:
    """How it stood on a day."""
    if not missing(duty, facts, day):
        return Standing.FULFILLED
    for each in facts.freed.get(duty.operator, ()):
        if day in each.days and each.reach.covers(duty.kind, duty.level):
            return Standing.EXEMPT
    return Standing.LATE if day > duty.due_on else Standing.DUE


def late_since(duty: Owed, facts: Facts, today: date) -> date | None:
    """Back from today, as long as each day was late."""
    day, since = today, None
    while standing(duty, facts, day) == Standing.LATE:
        since, day = day, day - timedelta(days=1)
    return since
