"""`/register/access-…`: requests of providers for access: their own, and without names what everybody may know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit.models import AccessRequest, DutyLevel, Operator
from transit.models.access import ACCESS
from transit.register import access, access_record
from transit.register.access import Asked, Said

MOST = 200


class PageQuery(serializers.Serializer[Any]):
    """From where on."""

    limit = serializers.IntegerField(default=50, min_value=1, max_value=MOST)
    cursor = serializers.IntegerField(default=2**62, min_value=1, max_value=2**62, help_text="From `next`")


class RecordsQuery(PageQuery):
    """Which requests, and from where on."""

    operator = serializers.CharField(default="", allow_blank=True, max_length=40, help_text="Code of an operator")


class RecordSerializer(serializers.Serializer[Any]):
    """A request for access, without who has made it."""

    number = serializers.IntegerField()
    operator = serializers.CharField()
    operator_name = serializers.CharField()
    level = serializers.ChoiceField(choices=DutyLevel.choices)
    format = serializers.CharField(help_text="Of the interface; empty where none was named")
    stage = serializers.ChoiceField(choices=ACCESS.choices)
    asked_on = serializers.DateField()
    answered_on = serializers.DateField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)
    reason = serializers.ChoiceField(choices=AccessRequest.Reason.choices, allow_blank=True)
    late = serializers.BooleanField(help_text="Whether the operator took, or takes, longer than the region allows")


class RecordsSerializer(serializers.Serializer[Any]):
    """A page of requests."""

    records = RecordSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")


class StatisticsSerializer(serializers.Serializer[Any]):
    """How an operator answers."""

    operator = serializers.CharField()
    operator_name = serializers.CharField()
    asked = serializers.IntegerField()
    waiting = serializers.IntegerField()
    late = serializers.IntegerField()
    granted = serializers.IntegerField()
    refused = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    median_days = serializers.FloatField(allow_null=True, help_text="From asking to the decision")
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Of refusals")


class AllStatisticsSerializer(serializers.Serializer[Any]):
    """How operators answer."""

    operators = StatisticsSerializer(many=True)


class AskSerializer(serializers.Serializer[Any]):
    """A request. The operator and the region see all of it, everybody else nothing of who asks and why."""

    operator = serializers.SlugField(max_length=40)
    interface = serializers.CharField(max_length=40, default="", allow_blank=True, help_text="Name; empty: any")
    level = serializers.ChoiceField(choices=DutyLevel.choices)
    organisation = serializers.CharField(max_length=150)
    business_id = serializers.CharField(max_length=40)
    contact = serializers.CharField(max_length=150, help_text="Whom the operator can ask")
    email = serializers.EmailField()
    purpose = serializers.CharField(max_length=2000)


class StepSerializer(serializers.Serializer[Any]):
    """A stage that a request came to."""

    stage = serializers.ChoiceField(source="new", choices=ACCESS.choices)
    at = serializers.DateTimeField()


class AccessRequestSerializer(serializers.ModelSerializer[AccessRequest]):
    """A request of whoever asks for it."""

    operator = serializers.CharField(source="operator.code")
    interface = serializers.CharField(source="interface.name", default="")
    stage = serializers.ChoiceField(source="state", choices=ACCESS.choices)
    steps = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField(help_text="Stages to which the provider can bring it")

    class Meta:
        model = AccessRequest
        fields = (
            "code", "operator", "interface", "level", "stage", "asked_at", "answer_by", "decide_by", "answered_at",
            "decided_at", "reason", "answer", "escalated_at", "steps", "moves",
        )  # fmt: skip

    def get_steps(self, row: AccessRequest) -> list[dict[str, Any]]:
        """The stages so far, the oldest first."""
        return [dict(each) for each in StepSerializer([e for e in row.events.all() if e.old != e.new], many=True).data]

    def get_moves(self, row: AccessRequest) -> list[str]:
        """What can follow."""
        return access.list_moves(row, self.context["request"].user)


class AccessRequestsSerializer(serializers.Serializer[Any]):
    """A page of one's own requests."""

    requests = AccessRequestSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")


class MoveSerializer(serializers.Serializer[Any]):
    """The next stage."""

    to = serializers.ChoiceField(choices=["IN_USE", "WITHDRAWN", "ENDED"])


class AccessRecordsView(APIView):
    """Every request, without names."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_access_records",
        tags=["register"],
        auth=[],
        parameters=[RecordsQuery],
        responses=RecordsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Requests of providers for access, the newest first, without who has made them and what was written."""
        asked = _asked(RecordsQuery, request)
        found = access_record.list_records(datetime.now(UTC), operator=asked["operator"])
        older = [each for each in found if each.number < asked["cursor"]]
        page, rest = older[: asked["limit"]], older[asked["limit"] :]
        body = {"records": page, "next": _next("api-access-records", asked, page[-1].number) if rest else None}
        return Response(RecordsSerializer(body).data)


class AccessStatisticsView(APIView):
    """Sums of requests."""

    throttle_scope = "search"

    @extend_schema(operation_id="list_access_statistics", tags=["register"], auth=[], responses=AllStatisticsSerializer)
    def get(self, request: Request) -> Response:
        """How operators answer requests for access: how many were granted or refused, how late, and why."""
        found = access_record.list_statistics(datetime.now(UTC))
        return Response(AllStatisticsSerializer({"operators": found}).data)


class AccessRequestsView(APIView):
    """One's own requests."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="list_access_requests",
        tags=["register"],
        parameters=[PageQuery],
        responses=AccessRequestsSerializer,
    )
    def get(self, request: Request) -> Response:
        """What the provider that asks has asked for, the newest first."""
        _allow(request)
        asked = _asked(PageQuery, request)
        older = list(access.list_mine(request.user).filter(pk__lt=asked["cursor"])[: asked["limit"] + 1])
        page, rest = older[: asked["limit"]], older[asked["limit"] :]
        body = {"requests": page, "next": _next("api-access-requests", asked, page[-1].pk) if rest else None}
        return Response(AccessRequestsSerializer(body, context={"request": request}).data)

    @extend_schema(
        operation_id="ask_access",
        tags=["register"],
        request=AskSerializer,
        responses={201: AccessRequestSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ask an operator for access. It answers by `answer_by`; silence is told to the region."""
        _allow(request)
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        said = Said(*(values[name] for name in ("organisation", "business_id", "contact", "email", "purpose")))
        asked = Asked(values["operator"], values["level"], said, values["interface"], get_language() or "en")
        try:
            row = access.ask(asked, request.user, datetime.now(UTC))
        except Operator.DoesNotExist:
            raise Http404 from None
        return _answer(request, row, status.HTTP_201_CREATED)


class AccessRequestView(APIView):
    """One of one's own requests."""

    throttle_scope = "book"

    @extend_schema(operation_id="get_access_request", tags=["register"], responses=AccessRequestSerializer)
    def get(self, request: Request, code: str) -> Response:
        """How far it is, and with which reason it ended."""
        return _answer(request, _own(request, code))

    @extend_schema(
        operation_id="move_access_request", tags=["register"], request=MoveSerializer, responses=AccessRequestSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Say that use has begun or ended, or withdraw it."""
        _own(request, code)
        given = MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = access.move(code, given.validated_data["to"], request.user, datetime.now(UTC))
        return _answer(request, row)


def _allow(request: Request) -> None:
    if not request.user.has_perm(access.ASK):
        raise Http404


def _own(request: Request, code: str) -> AccessRequest:
    """A request that this provider has made. Raises Http404."""
    _allow(request)
    row = access.list_mine(request.user).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def _asked(query: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = query(data=request.query_params)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _next(name: str, asked: dict[str, Any], last: int) -> str:
    kept = {key: value for key, value in asked.items() if value and key != "cursor"}
    return f"{reverse(name)}?{urlencode(kept | {'cursor': last})}"


def _answer(request: Request, row: AccessRequest, code: int = status.HTTP_200_OK) -> Response:
    return Response(AccessRequestSerializer(row, context={"request": request}).data, status=code)
