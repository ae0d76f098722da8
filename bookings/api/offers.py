"""`/offers`: a journey at a price."""

from __future__ import annotations

from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access, keys
from bookings.api.serializers import OfferRequest, OfferSerializer
from bookings.services import offers


class OffersView(APIView):
    """Offers are made for one person or browser session."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="create_offer",
        tags=["booking"],
        parameters=[keys.OPTIONAL],
        request=OfferRequest,
        responses={201: OfferSerializer},
    )
    def post(self, request: Request) -> Response:
        """Price a journey, or one there and back, for certain travellers: what it costs, and who is paid what.

        The journey is looked up again in the current timetable and remote operators are asked. Nothing is held yet.
        """
        viewer, now = access.viewer(request, begin=True), datetime.now(UTC)

        def create() -> tuple[Response, None]:
            body = OfferRequest(data=request.data)
            body.is_valid(raise_exception=True)
            token, back = body.validated_data["token"], body.validated_data.get("back_token", "")
            offer = offers.create(token, body.travellers_of(), viewer, request.LANGUAGE_CODE, now, back)
            return Response(OfferSerializer(offer).data, status.HTTP_201_CREATED), None

        return keys.once(request, viewer, now, create)


class OfferView(APIView):
    """One offer."""

    throttle_scope = "book"

    @extend_schema(operation_id="get_offer", tags=["booking"], responses=OfferSerializer)
    def get(self, request: Request, code: str) -> Response:
        """An offer of one's own, until long after it has expired."""
        offer = offers.get_offer(code, access.viewer(request))
        return Response(OfferSerializer(offer).data)
