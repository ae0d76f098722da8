"""`/plan`, `/places`, `/departures`: facts and journeys, without a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit import journeys
from transit.api.parameters import (
    DeparturesParameters,
    PlaceAtParameters,
    PlacesParameters,
    PlanParameters,
    transit_modes,
)
from transit.api.rendering import LongJSONRenderer
from transit.api.serializers import (
    Answer,
    BoardSerializer,
    FoundPlaceSerializer,
    PlacesSerializer,
    PlanSerializer,
    SourcesSerializer,
    proposed,
)
from transit.api.written import shared, written
from transit.models import Region
from transit.routing.query import Location, Mobility, Mode, Party, Query, Via, with_luggage


class PlanView(APIView):
    """Searches."""

    throttle_scope = "search"
    renderer_classes = (LongJSONRenderer,)

    @extend_schema(operation_id="plan", tags=["journeys"], parameters=[PlanParameters], responses=PlanSerializer)
    def get(self, request: Request) -> Response:
        """Journeys from one place to another, door to door, over every operator.

        Names come in the language of `Accept-Language`.
        """
        now = datetime.now(UTC)
        asked = _valid(PlanParameters, request)
        turned = journeys.Turned(asked.get("after"), asked.get("before"))
        query = _query(asked, request, now)
        page = journeys.plan(query, now, turned, asked.get("limit"), explained=asked["reasons"])
        is_first = turned == journeys.Turned()
        shown = [each for each in page.itineraries if is_first or each.vehicles]
        shown = journeys.assess(shown, query, now) if asked["reliability"] else shown
        answer = Answer(
            [proposed(each, now) for each in shown],
            page,
            Region.clock(),
            _turn(request, before=page.from_at) if page.earlier else None,
            _turn(request, after=page.until_at + timedelta(seconds=1)) if page.later else None,
        )
        return Response(written(PlanSerializer, answer))


class PlacesView(APIView):
    """Places by name."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="find_places", tags=["places"], parameters=[PlacesParameters], responses=PlacesSerializer
    )
    def get(self, request: Request) -> Response:
        """Stops, stations, streets, house numbers, settlements and places of interest by their name, best first.

        Words may be begun only, stand in any order, and have the town beside them. Accents, hyphens and blanks,
        abbreviations and one or two typing errors in a word are forgiven; what matches exactly comes first. Names in
        Japanese are found by any part, by kana and by their sound in Latin letters, where the data has readings.
        `street / street` is where they cross. A house number that is on no map finds the nearest on its street.
        """
        asked = _valid(PlacesParameters, request)
        near = asked.get("near")
        point = (near.lat, near.lon) if near else None
        found = journeys.find_places(asked["q"], request.LANGUAGE_CODE, point, asked["limit"])
        return Response(PlacesSerializer({"places": found}).data)


class PlaceAtView(APIView):
    """Places by position."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="place_at", tags=["places"], parameters=[PlaceAtParameters], responses=FoundPlaceSerializer
    )
    def get(self, request: Request) -> Response:
        """What a point of the map may be called: a stop right there (25 m), else an address or a place of interest
        (40 m), else the street (150 m). 404 where there is none.
        """
        asked = _valid(PlaceAtParameters, request)
        found = journeys.find_place_at(asked["lat"], asked["lon"], request.LANGUAGE_CODE)
        if found is None:
            raise NotFound
        return Response(FoundPlaceSerializer(found).data)


class DeparturesView(APIView):
    """Stop timetables."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_departures", tags=["journeys"], parameters=[DeparturesParameters], responses=BoardSerializer
    )
    def get(self, request: Request) -> Response:
        """The next departures of a stop or station."""
        asked = _valid(DeparturesParameters, request)
        now = datetime.now(UTC)
        board = journeys.departures(asked["stop"], asked.get("time") or now, asked["limit"], request.LANGUAGE_CODE, now)
        return Response(BoardSerializer(board).data)


class FeedsView(APIView):
    """Where the timetables come from."""

    throttle_scope = "search"

    @extend_schema(operation_id="list_feeds", tags=["journeys"], responses=SourcesSerializer)
    def get(self, request: Request) -> Response:
        """The feeds that the network is made of: publisher, version, validity, licence, whom to credit, offices."""
        return Response(SourcesSerializer(journeys.sources()).data)


def _query(asked: dict[str, Any], request: Request, now: datetime) -> Query:
    modes = asked.get("modes")
    try:
        query = Query(
            origin=_location(asked["from"], request),
            destination=_location(asked["to"], request),
            time_at=asked.get("time") or now,
            arrive_by=asked["arrive_by"],
            window_s=asked["window"],
            travellers=asked["travellers"],
            transit_modes=transit_modes(modes),
            max_walk_s=asked["max_walk"],
            max_vehicles=asked["max_vehicles"],
            walk_speed_mps=asked["walk_speed"],
            change_slack_s=asked["change_slack"],
            mobility=_mobility(asked),
            party=_party(asked),
            directions=asked["directions"],
            rental_modes=asked.get("shared", frozenset()),
            taxi=asked["taxi"],
            car=asked["car"],
            car_at=(asked["car_at"].lat, asked["car_at"].lon) if "car_at" in asked else None,
            bicycle=modes is None or Mode.BICYCLE in modes,
            fewest_changes=asked["fewest_changes"],
            via=_via(asked, request),
            language=request.LANGUAGE_CODE,
            criteria=asked.get("criteria", frozenset()),
        )
        return with_luggage(query) if asked["luggage"] else query
    except ValueError as wrong:
        raise serializers.ValidationError(str(wrong)) from wrong


def _party(asked: dict[str, Any]) -> Party:
    named = asked["group"], asked["purpose"]
    return Party(*named, asked["companions"], asked["child_seats"], asked["bags"])


def _mobility(asked: dict[str, Any]) -> Mobility:
    if asked["wheelchair_known"]:
        return Mobility.WHEELCHAIR_KNOWN
    if asked["wheelchair"]:
        return Mobility.WHEELCHAIR
    return Mobility.STEP_FREE if asked["step_free"] else Mobility.ANY


def _via(asked: dict[str, Any], request: Request) -> tuple[Via, ...]:
    """The places on the way, with as many stays as are given."""
    stays = [*asked["stay"], *(0 for _ in asked["via"])]
    return tuple(Via(_location(place, request), stay_s) for place, stay_s in zip(asked["via"], stays, strict=False))


def _turn(request: Request, **moved: datetime) -> str:
    """The address of another page of the same search."""
    asked = {name: values for name, values in request.query_params.lists() if name not in ("after", "before")}
    moments = {name: moment.isoformat().replace("+00:00", "Z") for name, moment in moved.items()}
    return request.build_absolute_uri(f"?{urlencode(asked | moments, doseq=True)}")


def _location(asked: Location | str, request: Request) -> Location:
    """A chosen stop stands where it stands. Raises NoSuchStop."""
    if isinstance(asked, Location):
        return asked
    stop = journeys.get_stop(asked, request.LANGUAGE_CODE)
    return Location(stop.lat, stop.lon, stop.name, asked)


def _valid(parameters: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What a request asks for. Raises ValidationError."""
    return dict(shared(parameters).run_validation(request.query_params))
