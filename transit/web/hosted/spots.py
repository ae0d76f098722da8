"""Where something is that an operator enters: by an address, by the map or by figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transit.models import HostedStand, HostedStop
from transit.web.picks import Pick


class SpotForm(forms.ModelForm):
    """Something that is somewhere. What is found for `place` goes before the figures."""

    place_text = forms.CharField(max_length=120, required=False)
    place_at = forms.CharField(max_length=400, required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-85, max_value=85)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)

    def clean(self) -> dict[str, Any]:
        """It is somewhere."""
        given = super().clean() or {}
        pick = Pick.find(given.get("place_at", ""), given.get("place_text"))
        if pick is not None and given.get("place_text"):
            given |= {"lat": round(pick.location.lat, 6), "lon": round(pick.location.lon, 6)}
        if given.get("lat") is None or given.get("lon") is None:
            self.add_error("lat", _("Choose a place from the list, or write both figures."))
        return given


def drawn(rows: Iterable[HostedStop | HostedStand]) -> dict[str, Any] | None:
    """GeoJSON of what is entered; None where there is none."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {"role": "stop", "name": row.name},
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features} if features else None
