"""The ways of selling, by the `sales` of an offer: the register's, where TOMP 1.x has a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bookings.operators.base import OperatorPort
from bookings.operators.hosted.port import HostedOperators
from bookings.operators.ondemand.port import RidesOnDemand
from bookings.operators.tomp.port import TompOperators
from bookings.operators.tomp1.port import Tomp1Operators

PORTS: Final[Mapping[str, OperatorPort]] = {
    "hosted": HostedOperators(),
    "ondemand": RidesOnDemand(),
    "tomp": TompOperators(),
    "tomp1": Tomp1Operators(),
}
