"""What a worker child does with a study: find the answer and write it into a file.

Imported by worker children only.
"""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transit.accessibility import connectivity, isochrones, matrix, opportunities
from transit.accessibility.grid import TooFine
from transit.accessibility.question import OutsideTimetable, Question, Spot, Survey
from transit.feeds.notices import FeedError
from transit.network.store import Network, open_network
from transit.routing.query import Mode

Json = dict[str, Any]
NICE = 10
"""Who travels now goes before who plans."""
PLANNERS = (TooFine, OutsideTimetable, opportunities.BadOpportunities)


def carry_out_the_study(kind: str, asked: Json, folder: str, out: str) -> None:
    """Ask the network in a folder. Raises FeedError, which says what to ask instead."""
    os.nice(NICE)
    try:
        network = open_network(Path(folder))
        if kind == "matrix":
            _write_matrix(network, asked, Path(out))
        else:
            Path(out).write_text(json.dumps(_found(network, kind, asked), ensure_ascii=False), encoding="utf-8")
    except connectivity.NoSuchLine as error:
        raise FeedError(f"These lines do not run on that day: {error}", "no_such_line") from error
    except PLANNERS as error:
        raise FeedError(str(error), "study_refused") from error


def _found(network: Network, kind: str, asked: Json) -> Json:
    if kind in ("closing", "critical", "islands"):
        day = date.fromisoformat(asked["day"]).toordinal()
        lines = [asked["lines"]] if kind == "closing" else []
        return dict(getattr(connectivity, kind)(network, day, *lines))
    survey = _survey(network, asked)
    own = asked.get("opportunities")
    found = opportunities.of_the_map(network) if not own else opportunities.read(own)
    how = asked["minutes"], asked["percent"], asked["square_m"]
    if kind == "isochrones":
        return isochrones.isochrones(survey, Spot(asked["name"], asked["lat"], asked["lon"]), *how, found)
    return isochrones.opportunities(survey, *how, found)


def _write_matrix(network: Network, asked: Json, out: Path) -> None:
    origins, destinations = ([Spot(**each) for each in asked[name]] for name in ("origins", "destinations"))
    with out.open("w", newline="", encoding="utf-8") as file:
        matrix.write_csv(file, matrix.matrix(_survey(network, asked), origins, destinations))


def _survey(network: Network, asked: Json) -> Survey:
    names = "window_s", "step_s", "limit_s", "walk_speed_mps", "max_walk_s", "max_vehicles"
    given = {name: asked[name] for name in names if name in asked}
    if asked.get("modes"):
        given["modes"] = frozenset(map(Mode, asked["modes"]))
    return Survey(network, Question(datetime.fromisoformat(asked["at"]), **given))
