"""`/operators/…`: statements and payouts, for those who work for the operator or for the platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.serializers import PriceRequest, PriceSerializer
from bookings.models import Settlement
from bookings.services import paper, settlement, statements
from bookings.services.statements import KINDS, MOST_LINES, OTHER, Statement
from bookings.services.viewers import allow
from transit.money import Money


class PeriodRequest(serializers.Serializer[Any]):
    """Which days of an account, both included, by the operator's clock."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    currency = serializers.RegexField("^[A-Z]{3}$", required=False, help_text="Needed where there are several")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period has an order, and an end within a year."""
        if not attrs["first_day"] <= attrs["last_day"] <= attrs["first_day"] + statements.LONGEST:
            raise serializers.ValidationError({"last_day": ["From the first day on, within a year."]})
        return attrs


class CurrencyRequest(serializers.Serializer[Any]):
    """Which of an operator's accounts."""

    currency = serializers.RegexField("^[A-Z]{3}$")


class StatementLineSerializer(serializers.Serializer[Any]):
    """One movement. Positive amounts are due to the operator. No line says anything of a person."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=sorted({*KINDS.values(), OTHER}))
    reference = serializers.CharField(help_text="The public reference of the booking")
    operator_ref = serializers.CharField(help_text="The operator's own reference")
    amount = PriceSerializer()


class StatementSumSerializer(serializers.Serializer[Any]):
    """What a kind of movement came to."""

    kind = serializers.CharField()
    amount = PriceSerializer()


class StatementSerializer(serializers.Serializer[Any]):
    """A period of an operator's account: opening + sums = closing, which is the opening of the day after."""

    operator_code = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    opening = PriceSerializer()
    sums = serializers.SerializerMethodField()
    closing = PriceSerializer()
    lines_total = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField(help_text=f"The first {MOST_LINES}; the CSV has all")

    @extend_schema_field(StatementSumSerializer(many=True))
    def get_sums(self, statement: Statement) -> Any:
        """By kind."""
        rows = [{"kind": kind, "amount": amount} for kind, amount in statement.sums.items()]
        return StatementSumSerializer(rows, many=True).data

    def get_lines_total(self, statement: Statement) -> int:
        """How many there are."""
        return len(statement.lines)

    @extend_schema_field(StatementLineSerializer(many=True))
    def get_lines(self, statement: Statement) -> Any:
        """The first of them."""
        return StatementLineSerializer(statement.lines[:MOST_LINES], many=True).data


class DueSerializer(serializers.Serializer[Any]):
    """What an operator is due for a booking that is over."""

    reference = serializers.CharField()
    amount = PriceSerializer()


class PayoutSerializer(serializers.Serializer[Settlement]):
    """A payout that was noted."""

    bank_reference = serializers.CharField()
    amount = serializers.SerializerMethodField()
    noted_at = serializers.DateTimeField()

    @extend_schema_field(PriceSerializer)
    def get_amount(self, row: Settlement) -> Any:
        """What was paid."""
        return PriceSerializer(Money(row.amount_minor, row.currency)).data


class PayoutsSerializer(serializers.Serializer[Any]):
    """What an operator was paid, and what it may be paid now. Bookings in dispute are not among it."""

    due_sum = PriceSerializer()
    due = DueSerializer(many=True)
    payouts = PayoutSerializer(many=True)


class PayoutRequest(serializers.Serializer[Any]):
    """The sum that was shown as due, and what the payment is called at the bank."""

    amount = PriceRequest()
    bank_reference = serializers.CharField(max_length=60)


class StatementView(APIView):
    """One statement."""

    @extend_schema(
        operation_id="get_statement", tags=["settlement"], parameters=[PeriodRequest], responses=StatementSerializer
    )
    def get(self, request: Request, code: str) -> Response:
        """The account of an operator for some days, for its staff and the platform's; 404 for everybody else."""
        return Response(StatementSerializer(_statement(request, code)).data)


class StatementCsvView(APIView):
    """One statement for a spreadsheet."""

    @extend_schema(
        operation_id="get_statement_csv",
        tags=["settlement"],
        parameters=[PeriodRequest],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "RFC 4180, with a header")},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """The same as CSV, with every line. No cell is a formula."""
        statement = _statement(request, code)
        return _file(statements.to_csv(statement), "text/csv; charset=utf-8", f"{_name(statement)}.csv")


class StatementPdfView(APIView):
    """One statement to print."""

    @extend_schema(
        operation_id="get_statement_pdf",
        tags=["settlement"],
        parameters=[PeriodRequest],
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "A4")},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """The same as PDF, in the reader's language."""
        statement = _statement(request, code)
        context = {"statement": statement, "lines": statement.lines[:MOST_LINES], "most": MOST_LINES}
        content = paper.render("bookings/paper/statement.html", context, gettext("Statement"))
        return _file(content, "application/pdf", f"{_name(statement)}.pdf")


class PayoutsView(APIView):
    """Payouts to one operator."""

    @extend_schema(
        operation_id="list_payouts", tags=["settlement"], parameters=[CurrencyRequest], responses=PayoutsSerializer
    )
    def get(self, request: Request, code: str) -> Response:
        """What an operator was paid, and what it is due now, for its staff and the platform's."""
        allow(request.user, "bookings.view_statement", code)
        query = CurrencyRequest(data=request.query_params)
        query.is_valid(raise_exception=True)
        currency = query.validated_data["currency"]
        due = settlement.list_due(code, currency, datetime.now(UTC))
        payouts = settlement.list_payouts(code)
        answer = {"due_sum": settlement.due_sum(due, currency), "due": due, "payouts": payouts}
        return Response(PayoutsSerializer(answer).data)

    @extend_schema(
        operation_id="note_payout", tags=["settlement"], request=PayoutRequest, responses={201: PayoutSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Note that an operator was paid everything that it was due, for the platform's staff."""
        allow(request.user, "bookings.note_payout", code)
        body = PayoutRequest(data=request.data)
        body.is_valid(raise_exception=True)
        amount, reference = body.validated_data["amount"], body.validated_data["bank_reference"]
        row = settlement.note_payout(code, amount, reference, request.user, datetime.now(UTC))
        return Response(PayoutSerializer(row).data, status.HTTP_201_CREATED)


def _statement(request: Request, code: str) -> Statement:
    allow(request.user, "bookings.view_statement", code)
    query = PeriodRequest(data=request.query_params)
    query.is_valid(raise_exception=True)
    currencies = statements.list_currencies(code)
    currency = query.validated_data.get("currency") or (currencies[0] if len(currencies) == 1 else "")
    if not currency:
        raise serializers.ValidationError({"currency": ["This field is required."]})
    try:
        return statements.make(code, currency, query.validated_data["first_day"], query.validated_data["last_day"])
    except statements.NoSuchOperator:
        raise Http404 from None


def _name(statement: Statement) -> str:
    return f"{statement.operator_code}-{statement.first_day}-{statement.last_day}"


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
