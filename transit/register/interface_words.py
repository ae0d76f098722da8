"""What is told of an interface: to its contact or else its operator, and to the regions of its operators."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format

from transit.models import Letter
from transit.register.interface_alerts import operators_of
from transit.register.letters import Addressees, Post, language_of, post
from transit.register.probes.codes import sentence


def compose(letter: Letter, now: datetime) -> Post | None:
    """What has become of it, in the first of the region's languages that pages have."""
    interface, figures = letter.interface, letter.about
    assert interface is not None
    operators = operators_of(interface)
    regions = [each.region for each in operators]
    to = Addressees(
        who="operator",
        address=interface.contact_email or next((each.email for each in operators if each.email), ""),
        regions=tuple(dict.fromkeys(region.code for region in regions if region is not None)) or ("",),
    )
    with translation.override(language_of(*regions)):
        context = {
            "kind": letter.kind,
            "interface": interface,
            "figures": figures,
            "operators": ", ".join(each.legal_name for each in operators),
            "day": date_format(date.fromisoformat(figures["date"]), "DATE_FORMAT") if "date" in figures else "",
            "since": _moment(figures["since"]) if "since" in figures else "",
            "lines": _lines(letter),
        }
        return post(to, "interface", context, "interface", interface.name)


def _moment(text: str) -> str:
    return date_format(datetime.fromisoformat(text), "DATETIME_FORMAT")


def _lines(letter: Letter) -> list[str]:
    """Why, in sentences."""
    if "code" in letter.about:
        return [sentence(letter.about["code"], letter.about["figures"])]
    return [sentence(row["code"], row["figures"]) for row in letter.about.get("reasons", ())]
