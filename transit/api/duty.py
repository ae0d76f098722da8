"""`/register/duties`, `/register/complaints`: who owes what, who is late with it, and how often people complain."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit.models import DutyLevel, Service
from transit.publishing.sheets import cell
from transit.register import complaints, duties
from transit.register.contents import Item
from transit.register.duties import Line
from transit.register.duty import Standing

MOST = 200
_ITEMS = [each.value for each in Item]
Key = tuple[str, str, int]
_COLUMNS = (
    "region", "operator", "operator_name", "service", "service_name", "kind", "level", "standing", "due_on",
    "late_since", "missing", "exemption_reason", "exemption_text", "exempt_until", "legal_basis", "legal_url",
)  # fmt: skip


class DutiesFilter(serializers.Serializer[Any]):
    """Which duties."""

    region = serializers.CharField(default="", allow_blank=True, max_length=40, help_text="Code of a region")
    operator = serializers.CharField(default="", allow_blank=True, max_length=40, help_text="Code of an operator")
    standing = serializers.ChoiceField(choices=[each.value for each in Standing], default="", allow_blank=True)


class DutiesQuery(DutiesFilter):
    """The same, and from where on."""

    limit = serializers.IntegerField(default=50, min_value=1, max_value=MOST)
    cursor = serializers.CharField(
        default="", allow_blank=True, max_length=400, help_text="From `next` of the page before"
    )


class SourceSerializer(serializers.Serializer[Any]):
    """Where something is disclosed."""

    item = serializers.ChoiceField(choices=_ITEMS)
    where = serializers.CharField(help_text="Name of an interface; register, platform (sold here) or free (no ticket)")
    by = serializers.CharField(help_text="Code of the operator whose interface it is; empty for nobody's")


class ExemptionSerializer(serializers.Serializer[Any]):
    """Why a duty need not be kept."""

    reason = serializers.CharField()
    text = serializers.CharField()
    decided_on = serializers.DateField()
    until = serializers.DateField(source="days.last", allow_null=True, help_text="The last day; null without an end")


class DutySerializer(serializers.Serializer[Any]):
    """What an operator owes of a service at a level, as its region states it, and how it stands with that."""

    region = serializers.CharField()
    operator = serializers.CharField(source="reckoned.owed.operator")
    operator_name = serializers.CharField()
    service = serializers.CharField(source="reckoned.owed.service")
    service_name = serializers.CharField()
    kind = serializers.ChoiceField(source="reckoned.owed.kind", choices=Service.Kind.choices)
    level = serializers.ChoiceField(source="reckoned.owed.level", choices=DutyLevel.choices)
    standing = serializers.ChoiceField(source="reckoned.standing", choices=[each.value for each in Standing])
    due_on = serializers.DateField(source="reckoned.owed.due_on", help_text="The last day that is not late")
    late_since = serializers.DateField(source="reckoned.late_since", allow_null=True)
    missing = serializers.ListField(
        source="reckoned.missing", child=serializers.CharField(), help_text="As `item` of sources"
    )
    sources = SourceSerializer(source="reckoned.sources", many=True)
    exemption = ExemptionSerializer(source="reckoned.exemption", allow_null=True)
    legal_basis = serializers.CharField(source="reckoned.owed.legal_basis")
    legal_url = serializers.CharField(source="reckoned.owed.legal_url", allow_blank=True)


class DutiesSerializer(serializers.Serializer[Any]):
    """A page of duties."""

    duties = DutySerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")


class CountSerializer(serializers.Serializer[Any]):
    """Complaints about an operator."""

    operator = serializers.CharField()
    operator_name = serializers.CharField()
    received = serializers.IntegerField()
    waiting = serializers.IntegerField()
    upheld = serializers.IntegerField()
    rejected = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class CountsSerializer(serializers.Serializer[Any]):
    """Complaints by operator."""

    complaints = CountSerializer(many=True)


class DutiesView(APIView):
    """Who owes what."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_duties", tags=["register"], auth=[], parameters=[DutiesQuery], responses=DutiesSerializer
    )
    def get(self, request: Request) -> Response:
        """Every duty as of now, by operator, service and level: who is late, since when and of what."""
        given = DutiesQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        limit, after = asked.pop("limit"), _read(asked.pop("cursor"))
        found = [each for each in _sorted(**asked) if _key(each) > after]
        more = len(found) > limit
        kept = {name: value for name, value in asked.items() if value} | {"limit": limit}
        following = urlencode(kept | {"cursor": _write(found[limit - 1])}) if more else ""
        address = f"{reverse('api-duties')}?{following}" if more else None
        return Response(DutiesSerializer({"duties": found[:limit], "next": address}).data)


class DutiesCsvView(APIView):
    """The same as a table."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_duties_csv",
        tags=["register"],
        auth=[],
        parameters=[DutiesFilter],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Every duty as of now as CSV (RFC 4180, UTF-8); `missing` with blanks between."""
        file = io.StringIO()
        table = csv.DictWriter(file, _COLUMNS)
        table.writeheader()
        asked = DutiesFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        table.writerows(_cells(each) for each in _sorted(**asked.validated_data))
        headers = {"Content-Disposition": 'attachment; filename="duties.csv"'}
        return HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


class ComplaintCountsView(APIView):
    """How many complaints, and how they ended."""

    throttle_scope = "search"

    @extend_schema(operation_id="count_complaints", tags=["register"], auth=[], responses=CountsSerializer)
    def get(self, request: Request) -> Response:
        """Complaints that were confirmed, by operator; nothing of what was written, nor by whom."""
        return Response(CountsSerializer({"complaints": complaints.list_counts()}).data)


def _sorted(region: str, operator: str, standing: str) -> list[Line]:
    found = duties.list_lines(datetime.now(UTC), region=region, operator=operator, standing=standing)
    return sorted(found, key=_key)


def _key(line: Line) -> Key:
    owed = line.reckoned.owed
    return owed.operator, owed.service, owed.level


def _write(line: Line) -> str:
    return base64.urlsafe_b64encode(json.dumps(_key(line)).encode()).decode().rstrip("=")


def _read(cursor: str) -> Key:
    """The last duty of the page before; before the first without a cursor. Raises ValidationError."""
    if not cursor:
        return "", "", 0
    try:
        operator, service, level = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(operator), str(service), int(level)
    except (ValueError, TypeError):
        raise serializers.ValidationError({"cursor": ["Take it from `next` of the page before."]}) from None


def _cells(line: Line) -> dict[str, Any]:
    found, owed = line.reckoned, line.reckoned.owed
    exemption = found.exemption
    return {
        "region": line.region,
        "operator": owed.operator,
        "operator_name": cell(line.operator_name),
        "service": owed.service,
        "service_name": cell(line.service_name),
        "kind": owed.kind,
        "level": owed.level,
        "standing": found.standing.value,
        "due_on": owed.due_on,
        "late_since": found.late_since,
        "missing": " ".join(found.missing),
        "exemption_reason": exemption.reason if exemption else "",
        "exemption_text": cell(exemption.text) if exemption else "",
        "exempt_until": exemption.days.last if exemption else "",
        "legal_basis": cell(owed.legal_basis),
        "legal_url": owed.legal_url,
    }
