"""The rows of facts."""

from transit.models.access import ACCESS, AccessEvent, AccessRequest
from transit.models.area import OperationArea
from transit.models.booking_rule import BookingRule
from transit.models.complaint import COMPLAINT, Complaint, ComplaintEvent
from transit.models.delay import DelayCount, ObservedDelay
from transit.models.dry_run import DRY_RUN, DryRun, DryRunEvent, RideRequest
from transit.models.duty import (
    DISCLOSURE,
    EXEMPTION,
    Disclosure,
    DisclosureEvent,
    Duty,
    DutyLevel,
    DutyRun,
    Exemption,
    ExemptionEvent,
    Supervision,
)
from transit.models.facility import ServiceFacility
from transit.models.feed import FEED_VERSION, FeedVersion, FeedVersionEvent, Notice
from transit.models.following import FeedState
from transit.models.hosted import (
    HOSTED_SEASON,
    HostedAlert,
    HostedCall,
    HostedDays,
    HostedDeparture,
    HostedFare,
    HostedLine,
    HostedPattern,
    HostedSeason,
    HostedSeasonEvent,
    HostedStop,
)
from transit.models.hosted_fleet import LENT, HostedFleet, HostedStand
from transit.models.hours import ServiceException, ServiceHours
from transit.models.interface import Interface
from transit.models.letter import Letter
from transit.models.network import Network, Publication
from transit.models.operator import Operator
from transit.models.price_class import PriceClass
from transit.models.probe import CapabilityChange, InterfaceGrade, Probe, ProbeDay, ProbeState
from transit.models.realtime import RealtimeState
from transit.models.region import Region, RegionChange
from transit.models.register_change import RegisterChange
from transit.models.ride import PLANNED, RIDE, SHIFT, Ride, RideEvent, ServiceDay, Shift, ShiftEvent
from transit.models.rule_set import RULE_SET, RuleSet, RuleSetEvent
from transit.models.service import RefundStep, Service
from transit.models.station import SharedStation
from transit.models.study import STUDY, Study, StudyEvent
from transit.models.taxi import Taxi
from transit.models.trip_event import TripEvent

__all__ = [
    "ACCESS",
    "COMPLAINT",
    "DISCLOSURE",
    "DRY_RUN",
    "EXEMPTION",
    "FEED_VERSION",
    "HOSTED_SEASON",
    "LENT",
    "PLANNED",
    "RIDE",
    "RULE_SET",
    "SHIFT",
    "STUDY",
    "AccessEvent",
    "AccessRequest",
    "BookingRule",
    "CapabilityChange",
    "Complaint",
    "ComplaintEvent",
    "DelayCount",
    "Disclosure",
    "DisclosureEvent",
    "DryRun",
    "DryRunEvent",
    "Duty",
    "DutyLevel",
    "DutyRun",
    "Exemption",
    "ExemptionEvent",
    "FeedState",
    "FeedVersion",
    "FeedVersionEvent",
    "HostedAlert",
    "HostedCall",
    "HostedDays",
    "HostedDeparture",
    "HostedFare",
    "HostedFleet",
    "HostedLine",
    "HostedPattern",
    "HostedSeason",
    "HostedSeasonEvent",
    "HostedStand",
    "HostedStop",
    "Interface",
    "InterfaceGrade",
    "Letter",
    "Network",
    "Notice",
    "ObservedDelay",
    "OperationArea",
    "Operator",
    "PriceClass",
    "Probe",
    "ProbeDay",
    "ProbeState",
    "Publication",
    "RealtimeState",
    "RefundStep",
    "Region",
    "RegionChange",
    "RegisterChange",
    "Ride",
    "RideEvent",
    "RideRequest",
    "RuleSet",
    "RuleSetEvent",
    "Service",
    "ServiceDay",
    "ServiceException",
    "ServiceFacility",
    "ServiceHours",
    "SharedStation",
    "Shift",
    "ShiftEvent",
    "Study",
    "StudyEvent",
    "Supervision",
    "Taxi",
    "TripEvent",
]
