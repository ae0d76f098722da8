"""The pages of a section of a version: its parts, or its only one."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from transit.models import RuleSet
from transit.ondemand import versions
from transit.ondemand.checks import check
from transit.ondemand.rules import Rules, SpecialDay
from transit.ondemand.versions import VersionError
from transit.records import encode
from transit.web.on_demand.access import frame_of, of_version
from transit.web.on_demand.facts import NOTHING, facts_of, summary_of, title_of
from transit.web.on_demand.features import drawn
from transit.web.on_demand.parts import Frame, PartForm
from transit.web.on_demand.sections import SECTIONS, Section


class _Changed(Exception):
    """Somebody else has changed the section since the form was sent out."""


@of_version
def section(request: HttpRequest, version: RuleSet, code: str) -> HttpResponse:
    """What is set in a section."""
    part = _section(code)
    if part.new is None:
        return _form_page(request, version, part, None)
    frame = frame_of(version)
    if request.method == "POST" and request.POST.get("do") == "holidays" and code == "special_days":
        return _add_holidays(request, version)
    rows = [
        (number, title_of(part, each, frame.rules), summary_of(part, each, frame))
        for number, each in enumerate(part.read(frame.rules))
    ]
    context = _context(version, part, frame) | {"rows": rows, "features": drawn(frame.rules)}
    return render(request, "transit/on_demand/section.html", context)


@of_version
def part(request: HttpRequest, version: RuleSet, code: str, number: int | None = None) -> HttpResponse:
    """A part of a section: a zone, a vehicle …"""
    chosen = _section(code)
    count = len(chosen.read(versions.rules_of(version))) if chosen.new else 0
    if chosen.new is None or (number is not None and number >= count):
        raise Http404
    return _form_page(request, version, chosen, number)


def _form_page(request: HttpRequest, version: RuleSet, section: Section, number: int | None) -> HttpResponse:
    frame = frame_of(version)
    value = _value(section, frame.rules, number)
    if request.method != "POST":
        return _shown(request, version, section, number, section.form(frame, value))
    if version.state != "DRAFT":
        messages.error(request, _("This version is no draft any more. Make a new one to change the rules."))
        return redirect("on-demand-version", version.pk)
    form = section.form(frame, value, request.POST, request.FILES)
    do = request.POST.get("do", "save")
    if do in form.rows:
        form.more(do)
        return _shown(request, version, section, number, form)
    if do != "remove" and not form.is_valid():
        return _shown(request, version, section, number, form, 422)
    try:
        _save(request, version, section, number, None if do == "remove" else form)
    except _Changed:
        messages.error(request, _("Somebody else has changed this meanwhile. Please look at it, and save again."))
        version.refresh_from_db()
        return _shown(request, version, section, number, form, 409)
    except VersionError:
        messages.error(request, _("This version is no draft any more. Make a new one to change the rules."))
        return redirect("on-demand-version", version.pk)
    messages.success(request, _("Saved."))
    if section.new is None:
        return redirect("on-demand-version", version.pk)
    return redirect("on-demand-section", version.pk, section.code)


def _save(request: HttpRequest, version: RuleSet, section: Section, number: int | None, form: PartForm | None) -> None:
    """Into the rules as they stand now; without a form, the part is left out. Raises _Changed, VersionError."""
    seen = request.POST.get("seen", "")

    def changed(rules: Rules) -> Rules:
        if seen != seen_of(section, rules):
            raise _Changed
        if section.new is None:
            return section.write(rules, form.value() if form else None)
        parts = section.read(rules)
        if form is not None and number is None:
            return section.write(rules, (*parts, section.coded(form.value(), parts)))
        instead = () if form is None else (form.value(),)
        at = len(parts) if number is None else number
        return section.write(rules, (*parts[:at], *instead, *parts[at + 1 :]))

    versions.change(version, changed, timezone.now())


def _shown(
    request: HttpRequest, version: RuleSet, section: Section, number: int | None, form: PartForm, status: int = 200
) -> HttpResponse:
    frame = frame_of(version)
    context = _context(version, section, frame) | {
        "form": form,
        "number": number,
        "title": title_of(section, form.base, frame.rules) if number is not None else "",
        "features": drawn(frame.rules, number if section.code == "zones" else None),
    }
    if version.state != "DRAFT":
        context["facts"] = [fact for fact in facts_of(section, form.base, frame) if fact.text != NOTHING]
    return render(request, "transit/on_demand/part.html", context, status=status)


def _context(version: RuleSet, section: Section, frame: Frame) -> dict[str, Any]:
    flaws = [flaw for flaw in check(frame.rules) if flaw.section == section.code]
    return {
        "version": version,
        "section": section,
        "flaws": flaws,
        "seen": seen_of(section, frame.rules),
        "is_draft": version.state == "DRAFT",
    }


def seen_of(section: Section, rules: Rules) -> str:
    """By what it is noticed that a section has changed."""
    return hashlib.sha256(orjson.dumps(encode(section.read(rules)))).hexdigest()[:16]


def _value(section: Section, rules: Rules, number: int | None) -> Any:
    if section.new is None:
        return section.read(rules)
    return section.new(rules) if number is None else section.read(rules)[number]


def _section(code: str) -> Section:
    if code not in SECTIONS:
        raise Http404
    return SECTIONS[code]


def _add_holidays(request: HttpRequest, version: RuleSet) -> HttpResponse:
    """The region's holidays to come, as days on which the service is closed."""
    region, today = versions.region_of(version.service), versions.today_of(version.service, timezone.now())
    days = [(date.fromisoformat(each["date"]), _name_of(each)) for each in region.holidays]

    def changed(rules: Rules) -> Rules:
        known = rules.special_days
        new = [
            SpecialDay(name, day, day)
            for day, name in days
            if day >= today and not any(each.first_day <= day <= each.last_day for each in known)
        ]
        ordered = sorted([*known, *new], key=lambda each: each.first_day)
        return SECTIONS["special_days"].write(rules, tuple(ordered))

    try:
        versions.change(version, changed, timezone.now())
        messages.success(request, _("Saved."))
    except VersionError:
        messages.error(request, _("This version is no draft any more. Make a new one to change the rules."))
    return redirect("on-demand-section", version.pk, "special_days")


def _name_of(holiday: dict[str, Any]) -> str:
    return next(iter(holiday.get("names", {}).values()), "") or str(holiday["date"])
