"""The rows of facts."""

from transit.models.area import OperationArea
from transit.models.booking_rule import BookingRule
from transit.models.delay import DelayCount, ObservedDelay
from transit.models.facility import ServiceFacility
from transit.models.feed import FEED_VERSION, FeedVersion, FeedVersionEvent, Notice
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
from transit.models.hours import ServiceException, ServiceHours
from transit.models.interface import Interface
from transit.models.network import Network, Publication
from transit.models.operator import Operator
from transit.models.price_class import PriceClass
from transit.models.realtime import RealtimeState
from transit.models.region import Region
from transit.models.register_change import RegisterChange
from transit.models.service import RefundStep, Service
from transit.models.station import SharedStation
from transit.models.study import STUDY, Study, StudyEvent
from transit.models.taxi import Taxi
from transit.models.trip_event import TripEvent

__all__ = [
    "FEED_VERSION",
    "HOSTED_SEASON",
    "STUDY",
    "BookingRule",
    "DelayCount",
    "FeedVersion",
    "FeedVersionEvent",
    "HostedAlert",
    "HostedCall",
    "HostedDays",
    "HostedDeparture",
    "HostedFare",
    "HostedLine",
    "HostedPattern",
    "HostedSeason",
    "HostedSeasonEvent",
    "HostedStop",
    "Interface",
    "Network",
    "Notice",
    "ObservedDelay",
    "OperationArea",
    "Operator",
    "PriceClass",
    "Publication",
    "RealtimeState",
    "RefundStep",
    "Region",
    "RegisterChange",
    "Service",
    "ServiceException",
    "ServiceFacility",
    "ServiceHours",
    "SharedStation",
    "Study",
    "StudyEvent",
    "Taxi",
    "TripEvent",
]
