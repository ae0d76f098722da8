"""The capability class that the transaction relies on: never better than what was proven at the sandbox.

Where none is stated yet, the proven one is adopted. A worse one than is stated is adopted at once, and told: to rely on
less is always safe. A better one is offered, and holds when an officer accepts it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from transit.models import CapabilityChange, Interface, Probe
from transit.register.conformance.classes import is_better

Way = CapabilityChange.Way


class NothingOffered(LookupError):
    """There is no class to be accepted (any more)."""


def consider(interface: Interface, probe: Probe, now: datetime) -> CapabilityChange | None:
    """What follows from a trial, in the caller's transaction: a change, or None."""
    shown = probe.conformance or {"capability": "", "possible": ""}
    proven, possible = str(shown["capability"]), str(shown["possible"])
    stated = interface.capability
    if not possible:
        return None
    if stated and is_better(stated, possible):
        return _adopt(interface, probe, possible, now)
    if not stated and proven:
        return _adopt(interface, probe, proven, now)
    offered = find_offer(interface)
    if proven and is_better(proven, stated):
        if offered is not None and offered.new == proven:
            return None
        return _note(interface, probe, proven, Way.OFFERED, now)
    if offered is not None and not is_better(possible, stated):
        return _note(interface, probe, offered.new, Way.WITHDRAWN, now)
    return None


def find_offer(interface: Interface) -> CapabilityChange | None:
    """The class that waits to be accepted."""
    last = interface.capability_changes.order_by("-id").first()
    return last if last is not None and last.way == Way.OFFERED else None


def accept(interface_id: int, now: datetime) -> CapabilityChange:
    """An officer accepts what is offered. Raises NothingOffered."""
    with transaction.atomic():
        interface = Interface.objects.select_for_update().get(pk=interface_id)
        offered = find_offer(interface)
        if offered is None:
            raise NothingOffered
        change = _note(interface, offered.probe, offered.new, Way.ACCEPTED, now)
        Interface.objects.filter(pk=interface_id).update(capability=offered.new)
    return change


def _adopt(interface: Interface, probe: Probe, new: str, now: datetime) -> CapabilityChange:
    change = _note(interface, probe, new, Way.ADOPTED, now)
    Interface.objects.filter(pk=interface.pk).update(capability=new)
    interface.capability = new
    return change


def _note(interface: Interface, probe: Probe | None, new: str, way: Way, now: datetime) -> CapabilityChange:
    return CapabilityChange.objects.create(
        interface=interface, probe=probe, old=interface.capability, new=new, way=way, at=now
    )
