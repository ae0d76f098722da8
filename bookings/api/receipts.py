"""`/orders/…/receipts`: what each seller sold, with its tax."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.api.serializers import PriceField, PriceSerializer
from bookings.models import ReceiptLine
from bookings.services import receipts
from bookings.services.receipts import Paper, TaxSum
from transit.money import Money


class ReceiptLineSerializer(serializers.Serializer[ReceiptLine]):
    """One product. `product` is empty for the platform's own fee. Amounts of credit notes are negative."""

    reference = serializers.CharField(help_text="The public reference of the booking")
    product = serializers.CharField(source="product.name", default="")
    gross = PriceField(lambda line: Money(line.gross_minor, line.receipt.currency))
    vat = PriceField(lambda line: Money(line.vat_minor, line.receipt.currency))
    vat_basis_points = serializers.IntegerField(help_text="1350 = 13.5 %")
    vat_country = serializers.CharField()


class TaxSumSerializer(serializers.Serializer[TaxSum]):
    """The lines of one rate together."""

    country = serializers.CharField()
    basis_points = serializers.IntegerField()
    net = PriceField(lambda tax: tax.net)
    tax = PriceField(lambda tax: tax.tax)
    gross = PriceField(lambda tax: tax.gross)


class ReceiptPayerSerializer(serializers.Serializer[Any]):
    """Who paid how much of it, or got it back."""

    payer = serializers.CharField()
    amount = PriceSerializer()


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt, or with `corrects` a credit note, of one seller. Numbers of one seller have no gaps."""

    number = serializers.CharField(source="receipt")
    kind = serializers.ChoiceField(source="receipt.kind", choices=["sale", "credit"])
    corrects = serializers.CharField(source="receipt.corrects", allow_null=True)
    issued_at = serializers.DateTimeField(source="receipt.issued_at")
    seller = serializers.CharField(source="receipt.legal_name")
    business_id = serializers.CharField(source="receipt.business_id")
    vat_id = serializers.CharField(source="receipt.vat_id")
    gross = PriceField(lambda paper: paper.gross)
    lines = ReceiptLineSerializer(many=True)
    taxes = TaxSumSerializer(many=True)
    payers = serializers.SerializerMethodField()

    @extend_schema_field(ReceiptPayerSerializer(many=True))
    def get_payers(self, paper: Paper) -> Any:
        """The resident first."""
        rows = [{"payer": payer, "amount": amount} for payer, amount in paper.payers]
        return ReceiptPayerSerializer(rows, many=True).data


class ReceiptsView(APIView):
    """The receipts of one order."""

    @extend_schema(operation_id="list_receipts", tags=["booking"], responses=ReceiptSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """All receipts and credit notes of an order of one's own; 404 while it is not bought."""
        order = receipts.get_for(access.viewer(request), code)
        return Response(ReceiptSerializer(receipts.list_papers(order), many=True).data)
