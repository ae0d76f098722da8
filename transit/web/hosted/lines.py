"""Lines under the names that passengers know."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from transit.models import HostedLine, Operator
from transit.web.hosted.access import editor, hosted_services


class LineForm(forms.ModelForm):
    """A line. Colours are chosen where the browser can."""

    colour = forms.RegexField("^#?[0-9A-Fa-f]{6}$", required=False, widget=forms.TextInput(attrs={"type": "color"}))

    class Meta:
        model = HostedLine
        fields = ("short_name", "long_name", "mode", "colour")

    def clean_colour(self) -> str:
        """Without the mark of browsers."""
        return str(self.cleaned_data["colour"]).removeprefix("#").upper()


@editor
def line(request: HttpRequest, operator: Operator, line: str = "") -> HttpResponse:
    """A new line, a change of one, or the end of one that no season has."""
    service = next(iter(hosted_services(operator)), None)
    if service is None:
        raise Http404
    new = HostedLine(service=service, colour="00529F")
    row = get_object_or_404(HostedLine, service__operator=operator, code=line) if line else new
    if request.method == "POST" and request.POST.get("do") == "remove" and row.pk and not row.patterns.exists():
        row.delete()
        return redirect("hosted-timetable", operator.code)
    form = LineForm(request.POST or None, instance=row, initial={"colour": f"#{row.colour}"})
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-timetable", operator.code)
    removable = bool(row.pk) and not row.patterns.exists()
    context = {"operator": operator, "line": row if row.pk else None, "form": form, "removable": removable}
    return render(request, "transit/hosted/line.html", context, status=422 if form.errors else 200)
