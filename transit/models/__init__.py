"""The rows of facts."""

from transit.models.delay import DelayCount, ObservedDelay
from transit.models.feed import FEED_VERSION, FeedVersion, FeedVersionEvent, Notice
from transit.models.following import FeedAlert, FeedState
from transit.models.network import Network, Publication
from transit.models.realtime import RealtimeState
from transit.models.region import Region
from transit.models.register import Interface, Operator, RefundStep, Service
from transit.models.station import SharedStation
from transit.models.study import STUDY, Study, StudyEvent
from transit.models.taxi import Taxi
from transit.models.trip_event import TripEvent

__all__ = [
    "FEED_VERSION",
    "STUDY",
    "DelayCount",
    "FeedAlert",
    "FeedState",
    "FeedVersion",
    "FeedVersionEvent",
    "Interface",
    "Network",
    "Notice",
    "ObservedDelay",
    "Operator",
    "Publication",
    "RealtimeState",
    "RefundStep",
    "Region",
    "Service",
    "SharedStation",
    "Study",
    "StudyEvent",
    "Taxi",
    "TripEvent",
]
