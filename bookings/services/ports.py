"""Whom the runner talks to: operators by their way of selling, and providers of payments by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bookings.operators.base import OperatorPort
from bookings.operators.registry import PORTS
from bookings.payments.base import PaymentProvider
from bookings.payments.registry import PROVIDERS


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world. `operators` by `sales` of the register, `payments` by `provider` of the order."""

    operators: Mapping[str, OperatorPort] = field(default_factory=lambda: PORTS)
    payments: Mapping[str, PaymentProvider] = field(default_factory=lambda: PROVIDERS)


OUTSIDE: Final = Ports()
"""The real ones, at the addresses of the settings and the register."""
