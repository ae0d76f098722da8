"""Which interfaces are of which services: those that an interface names, else all of its operator; read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q

from transit.models import Interface, Service

Names = tuple[str, ...]


class Ties:
    """Both ways: names of interfaces, codes of services. Of all operators, or of some by their primary keys."""

    def __init__(self, operators: Collection[int] | None = None) -> None:
        self._interfaces: dict[int, list[str]] = defaultdict(list)
        self._services: dict[int, list[str]] = defaultdict(list)
        named = Interface.services.through.objects.all()
        interfaces, services = Interface.objects.filter(operator__isnull=False), Service.objects.all()
        if operators is not None:
            named = named.filter(Q(interface__operator__in=operators) | Q(service__operator__in=operators))
            interfaces = interfaces.filter(operator__in=operators)
            services = services.filter(operator__in=operators)
        pairs = named.values_list("interface_id", "interface__name", "service_id", "service__code")
        for interface, name, service, code in pairs:
            self._interfaces[service].append(name)
            self._services[interface].append(code)
        self._for_all: dict[int, Names] = _grouped(
            (operator, name)
            for pk, name, operator in interfaces.values_list("pk", "name", "operator_id")
            if pk not in self._services
        )
        self._all_of: dict[int, Names] = _grouped(services.values_list("operator_id", "code"))

    def interfaces_of(self, service: Service) -> Names:
        """Those that name it, and those of its operator that name none."""
        for_all, own = self._for_all.get(service.operator_id, ()), self._interfaces.get(service.pk)
        return tuple(sorted({*own, *for_all})) if own else for_all

    def services_of(self, interface: Interface) -> Names:
        """Those that it names, else all of its operator."""
        own = self._services.get(interface.pk)
        return tuple(sorted(own)) if own else self._all_of.get(interface.operator_id or 0, ())


def _grouped(pairs: Iterable[tuple[int | None, str]]) -> dict[int, Names]:
    """Sorted here: databases sort by their own collations, and digests of entries must not depend on them."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        if key is not None:
            found[key].append(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}
