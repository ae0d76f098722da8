"""`/register/interfaces/{name}/…`: what probes have found; for operators, governments and the platform's staff."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit.models import Probe
from transit.register import evidence
from transit.register.conformance.script import STEPS, Verdict
from transit.register.probes.codes import CODES, Criterion
from transit.register.probes.findings import Severity

LETTERS = list("ABCDEF")
LEVELS = ["weak", "bad", "unusable"]


class ProbesRequest(serializers.Serializer[Any]):
    """Which probes."""

    cursor = serializers.IntegerField(required=False, min_value=1, help_text="`next` of the page before")
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class FindingSerializer(serializers.Serializer[Any]):
    """One thing that was found."""

    code = serializers.CharField(help_text=f"One of {', '.join(sorted(CODES))}")
    severity = serializers.ChoiceField(choices=[each.value.lower() for each in Severity])
    criterion = serializers.ChoiceField(choices=[each.value for each in Criterion])
    text = serializers.CharField(help_text="A sentence in the reader's language")
    samples = serializers.ListField(child=serializers.CharField())


class TrialStepSerializer(serializers.Serializer[Any]):
    """One thing that was tried at the sandbox."""

    step = serializers.ChoiceField(choices=list(STEPS))
    verdict = serializers.ChoiceField(choices=[each.value for each in Verdict])
    code = serializers.CharField(allow_blank=True, help_text="Why")
    said = serializers.CharField(allow_blank=True, help_text="What was answered, in short")


class TrialSerializer(serializers.Serializer[Any]):
    """Selling, tried for real at the sandbox."""

    at = serializers.DateTimeField()
    capability = serializers.CharField(allow_blank=True, help_text="The class, A to D, that is proven")
    possible = serializers.CharField(allow_blank=True, help_text="The best class that nothing disproves")
    steps = TrialStepSerializer(many=True)


class ProbeSerializer(serializers.ModelSerializer[Probe]):
    """One look at an interface."""

    findings = serializers.SerializerMethodField()
    trial = serializers.SerializerMethodField()

    class Meta:
        model = Probe
        fields = ("id", "started_at", "duration_ms", "outcome", "findings", "trial", "evidence")
        read_only_fields = fields

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, probe: Probe) -> Any:
        """The worst first."""
        return [_finding(each) for each in evidence.said(probe.findings)]

    @extend_schema_field(TrialSerializer(allow_null=True))
    def get_trial(self, probe: Probe) -> Any:
        """Where one was made."""
        return probe.conformance


class ProbesSerializer(serializers.Serializer[Any]):
    """A page of probes."""

    probes = ProbeSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="The cursor of the next page")


class GradeReasonSerializer(serializers.Serializer[Any]):
    """Why a grade is no better."""

    criterion = serializers.ChoiceField(choices=[each.value for each in Criterion])
    level = serializers.ChoiceField(choices=LEVELS)
    code = serializers.CharField()
    text = serializers.CharField()


class GradeSerializer(serializers.Serializer[Any]):
    """A letter from a moment on."""

    letter = serializers.ChoiceField(choices=LETTERS)
    since = serializers.DateTimeField()
    reasons = GradeReasonSerializer(many=True)


class DaySerializer(serializers.Serializer[Any]):
    """A day (UTC)."""

    day = serializers.DateField()
    share = serializers.FloatField(allow_null=True, help_text="Of the time, for which it could be reached")
    probes = serializers.IntegerField()
    faulty = serializers.IntegerField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """What is known of an interface."""

    name = serializers.CharField()
    grade = GradeSerializer(allow_null=True)
    history = GradeSerializer(many=True)
    uptime_30_days = serializers.FloatField(source="month.share", allow_null=True)
    uptime_90_days = serializers.FloatField(source="quarter.share", allow_null=True)
    days = DaySerializer(many=True)
    next_probe_at = serializers.DateTimeField(source="next_at", allow_null=True)
    capability = serializers.CharField(allow_blank=True, help_text="The class on which sales rely")
    offered_capability = serializers.CharField(source="offered", allow_blank=True)
    trial = TrialSerializer(allow_null=True)


class ProbesView(APIView):
    """Probes of an interface."""

    @extend_schema(
        operation_id="list_probes", tags=["register"], parameters=[ProbesRequest], responses=ProbesSerializer
    )
    def get(self, request: Request, name: str) -> Response:
        """What every single probe has found, the newest first. Kept for two weeks; trials of selling for longer."""
        allow(request, name)
        asked = ProbesRequest(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit = asked.validated_data["limit"]
        found = evidence.list_probes(name, asked.validated_data.get("cursor"), limit + 1)
        shown = found[:limit]
        page = {"probes": shown, "next": shown[-1].pk if len(found) > limit else None}
        return Response(ProbesSerializer(page).data)


class EvidenceView(APIView):
    """Evidence of an interface."""

    @extend_schema(operation_id="get_evidence", tags=["register"], responses=EvidenceSerializer)
    def get(self, request: Request, name: str) -> Response:
        """Its grade with reasons and history, its uptime by day, and the last trial of selling."""
        allow(request, name)
        return Response(EvidenceSerializer(evidence.get_evidence(name, datetime.now(UTC))).data)


def allow(request: Request, name: str) -> None:
    """Who may not see an interface does not learn that there is one. Raises Http404."""
    if not evidence.may(request.user, name, "transit.view_probes"):
        raise Http404


def _finding(said: evidence.Said) -> dict[str, Any]:
    return {
        "code": said.code, "severity": said.level, "criterion": said.criterion, "text": said.text,
        "samples": list(said.samples),
    }  # fmt: skip
