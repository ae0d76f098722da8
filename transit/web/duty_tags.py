"""Template filters: codes of duties, requests and complaints in words."""

from __future__ import annotations

from django import template

from transit.register import duty_words

register = template.Library()
for name in (
    "kind",
    "level",
    "items",
    "standing",
    "stage",
    "step",
    "complaint",
    "exemption",
    "place",
    "exempt_because",
    "refused_because",
    "complained",
):
    register.filter(f"{name}_words", getattr(duty_words, name))
