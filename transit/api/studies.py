"""`/accessibility/…`: what planners ask; for officers of a region and staff of the platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from transit.accessibility import studies
from transit.accessibility.words import explained, is_explained
from transit.api.parameters import MomentField
from transit.models import Study
from transit.routing.query import MOST_VEHICLES, TRANSIT_MODES
from transit.tasks import kick_studies

ROUTING = (Study.Kind.ISOCHRONES, Study.Kind.OPPORTUNITIES, Study.Kind.MATRIX)
MOST_PLACES = 2000
WAIT_S = 30


class SpotSerializer(serializers.Serializer[Any]):
    """A place of a planner's table."""

    id = serializers.CharField(max_length=100)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class StudyRequest(serializers.Serializer[Any]):
    """A question. `isochrones` needs lat, lon, time; `opportunities` time; `matrix` time, origins, destinations;
    `closing` day, lines; `critical` and `islands` day.
    """

    kind = serializers.ChoiceField(choices=[kind.value for kind in Study.Kind if kind != Study.Kind.FEED])
    time = MomentField(required=False, help_text="The first moment of leaving; RFC 3339")
    window_s = serializers.IntegerField(default=3600, min_value=60, max_value=86400)
    step_s = serializers.IntegerField(default=60, min_value=10, max_value=3600)
    limit_s = serializers.IntegerField(default=3600, min_value=60, max_value=6 * 3600, help_text="Of travelling")
    walk_speed_mps = serializers.FloatField(default=1.25, min_value=0.3, max_value=3.0)
    max_walk_s = serializers.IntegerField(default=900, min_value=0, max_value=3600)
    modes = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(TRANSIT_MODES)),
        default=list,
        help_text="The vehicles that may be taken. Default: all",
    )
    max_vehicles = serializers.IntegerField(
        default=0, min_value=0, max_value=MOST_VEHICLES, help_text="Taken at most. Default: 0, any number"
    )
    lat = serializers.FloatField(required=False, min_value=-90, max_value=90)
    lon = serializers.FloatField(required=False, min_value=-180, max_value=180)
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)
    minutes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=360), default=[15, 30, 45, 60], min_length=1, max_length=8
    )
    percent = serializers.FloatField(
        default=50, min_value=1, max_value=100, help_text="Of the moments of leaving that get there in time"
    )
    square_m = serializers.FloatField(default=250, min_value=50, max_value=5000, help_text="The side of a square")
    opportunities = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=2_000_000,
        help_text="CSV (lat, lon, weight, theme) or GeoJSON points; default: schools, shops … of the map",
    )
    origins = SpotSerializer(many=True, required=False)
    destinations = SpotSerializer(many=True, required=False)
    day = serializers.DateField(required=False)
    lines = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=50)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each kind needs its own."""
        kind = attrs["kind"]
        needs = ["time"] if kind in ROUTING else ["day"]
        needs += {"isochrones": ["lat", "lon"], "matrix": ["origins", "destinations"], "closing": ["lines"]}.get(
            kind, []
        )
        if missing := [name for name in needs if not attrs.get(name) and attrs.get(name) != 0]:
            raise serializers.ValidationError({name: [f"{kind} needs it"] for name in missing})
        if attrs["step_s"] > attrs["window_s"] or attrs["window_s"] // attrs["step_s"] > 240:
            raise serializers.ValidationError({"step_s": ["between 1 and 240 steps make a window"]})
        if max(len(attrs.get(name, ())) for name in ("origins", "destinations")) > MOST_PLACES:
            raise serializers.ValidationError({"origins": [f"{MOST_PLACES} places at most"]})
        return attrs


class StudySerializer(serializers.ModelSerializer[Study]):
    """A question and how far its answer is."""

    explanation = serializers.SerializerMethodField(help_text="The answer in words, where it has any")
    result = serializers.SerializerMethodField(help_text="Where the whole answer is, JSON, GeoJSON or CSV")

    class Meta:
        model = Study
        fields = ("code", "kind", "state", "fault", "asked_at", "explanation", "result")
        read_only_fields = fields

    def get_explanation(self, study: Study) -> list[str]:
        """Sentences in the reader's language."""
        if not is_explained(study.kind):
            return []
        answer = studies.answer(study)
        return explained(study.kind, answer) if answer else []

    def get_result(self, study: Study) -> str | None:
        """The address."""
        return result_of(study, self.context["request"])


class StudiesSerializer(serializers.Serializer[Any]):
    """The newest studies."""

    studies = serializers.SerializerMethodField()

    @extend_schema_field(StudySerializer(many=True))
    def get_studies(self, found: Any) -> Any:
        """Newest first."""
        return StudySerializer(found["studies"], many=True, context=self.context).data


class StudiesView(APIView):
    """All questions."""

    throttle_scope = "book"

    @extend_schema(operation_id="list_studies", tags=["accessibility"], responses=StudiesSerializer)
    def get(self, request: Request) -> Response:
        """The newest fifty questions of planners."""
        allow(request)
        return Response(StudiesSerializer({"studies": studies.list_studies()}, context={"request": request}).data)

    @extend_schema(
        operation_id="ask_study", tags=["accessibility"], request=StudyRequest, responses={202: StudySerializer}
    )
    def post(self, request: Request) -> Response:
        """Ask. Questions are answered one after the other in the background; read the study until it is DONE or FAILED.

        Travel times are those of the timetable, of leaving at each moment of the window, waiting included.
        """
        allow(request)
        asked = StudyRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        given = {name: _plain(value) for name, value in asked.validated_data.items()}
        kind = given.pop("kind")
        given["at"] = given.pop("time", None)
        try:
            study = studies.ask(kind, given, datetime.now(UTC))
        except studies.TooManyStudies:
            raise Throttled(WAIT_S) from None
        kick_studies()
        return Response(StudySerializer(study, context={"request": request}).data, status=status.HTTP_202_ACCEPTED)


class StudyView(APIView):
    """One question."""

    @extend_schema(operation_id="get_study", tags=["accessibility"], responses=StudySerializer)
    def get(self, request: Request, code: str) -> Response:
        """How far the answer is, and what it says in words."""
        allow(request)
        return Response(StudySerializer(get_study(code), context={"request": request}).data)


class ResultView(APIView):
    """The answer."""

    @extend_schema(
        operation_id="get_study_result",
        tags=["accessibility"],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """GeoJSON of isochrones and opportunities, CSV of a matrix, JSON of all others."""
        allow(request)
        path = studies.find_file(get_study(code))
        if path is None:
            raise Http404
        kind = "text/csv" if path.suffix == ".csv" else "application/json"
        return FileResponse(path.open("rb"), as_attachment=path.suffix == ".csv", content_type=kind)


class FeedStatisticsView(APIView):
    """What a timetable holds."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="ask_feed_statistics", tags=["accessibility"], request=None, responses={202: StudySerializer}
    )
    def post(self, request: Request, feed: str) -> Response:
        """Have the newest version of a timetable counted (gtfs-kit), in the background; once for each version."""
        allow(request)
        try:
            study = studies.ask_feed(feed, datetime.now(UTC))
        except studies.NoSuchFeed:
            raise Http404 from None
        except studies.TooManyStudies:
            raise Throttled(WAIT_S) from None
        kick_studies()
        return Response(StudySerializer(study, context={"request": request}).data, status=status.HTTP_202_ACCEPTED)


def allow(request: Request) -> None:
    """Who may not ask does not learn that others do. Raises Http404."""
    if not request.user.has_perm("transit.study"):
        raise Http404


def get_study(code: str) -> Study:
    """A question by its code. Raises Http404."""
    study = Study.objects.filter(code=code).first()
    if study is None:
        raise Http404
    return study


def result_of(study: Study, request: Request) -> str | None:
    """Where an answer is."""
    found = studies.find_file(study)
    return reverse("api-study-result", args=[study.code], request=request) if found else None


def _plain(value: Any) -> Any:
    """Moments and days as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
