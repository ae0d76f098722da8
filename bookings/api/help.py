"""`/orders/{code}/help`: what happened to an order, in plain words, and a way to ask a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.api.serializers import PriceSerializer
from bookings.models import Case, Order
from bookings.services import cases, orders, sayings
from bookings.services.cases import Happening


class QuestionRequest(serializers.Serializer[Any]):
    """What the resident wants to know."""

    text = serializers.CharField(max_length=cases.LONGEST_TEXT)


class SaidSerializer(serializers.Serializer[Any]):
    """What the resident has written."""

    at = serializers.DateTimeField()
    text = serializers.CharField()


class HelpCaseSerializer(serializers.Serializer[Case]):
    """Something that a person looks at. `number` is what to say at the telephone."""

    number = serializers.CharField()
    kind = serializers.CharField()
    about = serializers.SerializerMethodField(help_text="In the reader's language")
    opened_at = serializers.DateTimeField()
    is_open = serializers.SerializerMethodField()
    said = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField(help_text="What a person has answered")

    def get_about(self, case: Case) -> str:
        """In one sentence."""
        return sayings.case(case.kind)

    def get_is_open(self, case: Case) -> bool:
        """Whether it still waits for a person."""
        return not case.resolution

    @extend_schema_field(SaidSerializer(many=True))
    def get_said(self, case: Case) -> Any:
        """The oldest first."""
        return case.said or []

    def get_answers(self, case: Case) -> list[str]:
        """The oldest first."""
        return cases.answers_to(case)


class HappeningSerializer(serializers.Serializer[Happening]):
    """Something that happened to the order."""

    at = serializers.DateTimeField()
    what = serializers.CharField(help_text="A code")
    why = serializers.CharField(help_text="Another one, or empty")
    operators = serializers.ListField(child=serializers.CharField(), source="about")
    amount = PriceSerializer(allow_null=True)
    text = serializers.SerializerMethodField(help_text="The same in the reader's language")

    def get_text(self, happening: Happening) -> str:
        """In one or two sentences."""
        return sayings.happening(happening)


class HelpWaySerializer(serializers.Serializer[Any]):
    """What a person of ours can do about the order."""

    code = serializers.CharField()
    text = serializers.CharField(help_text="In the reader's language")


class HelpSerializer(serializers.Serializer[Any]):
    """All that there is to say, the oldest first. `can_ask` is false where an answer has to come first."""

    cases = HelpCaseSerializer(many=True)
    happenings = HappeningSerializer(many=True)
    ways = HelpWaySerializer(many=True)
    can_ask = serializers.BooleanField()


class HelpView(APIView):
    """Help with one order."""

    throttle_scope = "book"

    @extend_schema(operation_id="get_help", tags=["booking"], responses=HelpSerializer)
    def get(self, request: Request, code: str) -> Response:
        """What happened to an order of one's own, the numbers of its cases, and what can be done about it."""
        order = _order(request, code)
        shown = {
            "cases": cases.list_of(order),
            "happenings": cases.list_happenings(order),
            "ways": [{"code": way, "text": sayings.help_with(way)} for way in cases.list_ways(order)],
            "can_ask": cases.can_ask(order),
        }
        return Response(HelpSerializer(shown).data)

    @extend_schema(
        operation_id="ask_for_help", tags=["booking"], request=QuestionRequest, responses={201: HelpCaseSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask a person. As long as the case is open, further texts belong to it; the same text twice counts once."""
        body = QuestionRequest(data=request.data)
        body.is_valid(raise_exception=True)
        case = cases.ask(_order(request, code), body.validated_data["text"], datetime.now(UTC))
        return Response(HelpCaseSerializer(case).data, status.HTTP_201_CREATED)


def _order(request: Request, code: str) -> Order:
    return orders.get_for(access.viewer(request), code)
