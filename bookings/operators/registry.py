"""The ways of selling, by `sales` (transit's register)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bookings.operators.base import OperatorPort
from bookings.operators.hosted.port import HostedOperators
from bookings.operators.tomp.port import TompOperators

PORTS: Final[Mapping[str, OperatorPort]] = {"hosted": HostedOperators(), "tomp": TompOperators()}
