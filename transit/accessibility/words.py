"""What was found, in words: for those who read no tables, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Json = dict[str, Any]
SOME = 10


def is_explained(kind: str) -> bool:
    """Whether answers of a kind have words; others are drawn, and not read for nothing."""
    return kind in _WORDS


def explained(kind: str, found: Json) -> list[str]:
    """Sentences, the most important first; none for kinds that are drawn."""
    return _WORDS[kind](found) if kind in _WORDS else []


def _closing(found: Json) -> list[str]:
    lines, cut_off = ", ".join(found["lines"]), len(found["cut_off"])
    if not cut_off:
        said = [_("If %(lines)s does not run, no stop is cut off from the rest.") % {"lines": lines}]
    else:
        template = ngettext(
            "If %(lines)s does not run, %(count)s stop is cut off from the rest.",
            "If %(lines)s does not run, %(count)s stops are cut off from the rest.",
            cut_off,
        )
        said = [template % {"lines": lines, "count": cut_off}]
        said.append(_("Among them: %(names)s.") % {"names": _names(found["cut_off"])})
    lost = found["pairs"] - found["pairs_after"]
    share = lost / found["pairs"] if found["pairs"] else 0.0
    template = _("Of all ways from one stop to another, %(percent)s %% are lost.")
    return [*said, template % {"percent": f"{100 * share:.1f}"}]


def _critical(found: Json) -> list[str]:
    template = ngettext(
        "%(count)s link between neighbouring stops has no other way around.",
        "%(count)s links between neighbouring stops have no other way around.",
        found["links"],
    )
    said = [template % {"count": found["links"]}]
    for link in found["critical_links"][:SOME]:
        template = ngettext(
            "%(start)s – %(end)s: %(count)s stop is behind it, %(departures)s departures a day.",
            "%(start)s – %(end)s: %(count)s stops are behind it, %(departures)s departures a day.",
            link["behind"],
        )
        ends = {"start": link["from"]["name"], "end": link["to"]["name"]}
        said.append(template % {**ends, "count": link["behind"], "departures": link["departures"]})
    if found["critical_stops"]:
        names = _names(found["critical_stops"])
        said.append(_("Stops through which all must pass, the busiest first: %(names)s.") % {"names": names})
    return said


def _islands(found: Json) -> list[str]:
    if found["islands"] == 0:
        return [_("Nothing runs on this day.")]
    if found["islands"] == 1:
        return [_("All stops hang together: there are no islands.")]
    main, others = found["parts"][0], found["parts"][1:]
    template = ngettext(
        "Beside the largest part, of %(size)s stops, there is %(count)s island.",
        "Beside the largest part, of %(size)s stops, there are %(count)s islands.",
        found["islands"] - 1,
    )
    said = [template % {"size": main["size"], "count": found["islands"] - 1}]
    for part in others[:SOME]:
        template = ngettext("%(count)s stop: %(names)s.", "%(count)s stops: %(names)s.", part["size"])
        said.append(template % {"count": part["size"], "names": _names(part["stops"])})
    return said


def _names(rows: list[Json]) -> str:
    """The names of the first few, each once."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    return ", ".join(names[:SOME]) + (" …" if len(names) > SOME else "")


_WORDS: dict[str, Callable[[Json], list[str]]] = {"closing": _closing, "critical": _critical, "islands": _islands}
