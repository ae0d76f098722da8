"""`manage.py accessibility`: what planners ask of the network that answers; see transit.accessibility."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast
from zoneinfo import ZoneInfo

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from transit.accessibility import isochrones, matrix, opportunities, r5
from transit.accessibility.grid import TooFine
from transit.accessibility.question import Question, Spot, Survey
from transit.accessibility.studies import sources_of_network
from transit.network.current import NoNetwork, current_network
from transit.routing.query import TRANSIT_MODES, Mode

WRONG = (NoNetwork, r5.NoR5, TooFine, opportunities.BadOpportunities, OSError, ValueError)


class Command(BaseCommand):
    help = "Travel times from many places, how far one gets, and what one reaches, as CSV or GeoJSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        times = kinds.add_parser("matrix", help="Percentiles of travel times between places, as CSV.")
        times.add_argument("--origins", help="A CSV with the columns id, lat, lon. Default: all stops.")
        times.add_argument("--destinations", help="Likewise. Default: all stops.")
        times.add_argument(
            "--engine", choices=["own", "r5"], default="own", help="r5: needs requirements-r5.lock, a jar."
        )
        times.add_argument("--r5-jar", help="The jar of R5. Default: r5-classpath in r5py.yml. Nothing is fetched.")
        areas = kinds.add_parser("isochrones", help="How far one gets from a place, as GeoJSON.")
        areas.add_argument("--from", dest="place", required=True, metavar="LAT,LON")
        reached = kinds.add_parser("opportunities", help="What one reaches from each square, as GeoJSON or CSV.")
        reached.add_argument("--csv", action="store_true", help="CSV instead of GeoJSON.")
        for each in (areas, reached):
            each.add_argument("--minutes", type=int, nargs="+", default=[15, 30, 45, 60])
            each.add_argument("--percent", type=float, default=50, help="Of the moments of leaving. Default: 50.")
            each.add_argument("--square", type=float, default=250, metavar="METRES", help="Default: 250.")
            each.add_argument("--opportunities", help="CSV (lat, lon, weight, theme) or GeoJSON. Default: the map's.")
        for each in (times, areas, reached):
            each.add_argument("--at", required=True, help="2026-11-24T08:00, by the clocks of the network.")
            each.add_argument("--window", type=int, default=60, metavar="MINUTES", help="Default: 60.")
            each.add_argument("--limit", type=int, default=60, metavar="MINUTES", help="Of travelling. Default: 60.")
            each.add_argument("--walk", type=int, default=15, metavar="MINUTES", help="On foot at most. Default: 15.")
            each.add_argument(
                "--modes", nargs="+", metavar="MODE", help="The vehicles to take: bus rail … Default: all."
            )
            each.add_argument("--vehicles", type=int, default=0, help="Taken at most. Default: any number.")
            each.add_argument("--out", help="A file instead of the output.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = _survey(options)
            with self._output(options["out"]) as out:
                getattr(self, f"_{options['kind']}")(survey, options, out)
        except WRONG as error:
            raise CommandError(str(error)) from error

    @contextmanager
    def _output(self, path: str | None) -> Iterator[TextIO]:
        if path is None:
            yield cast("TextIO", self.stdout._out)
        else:
            with Path(path).open("w", newline="", encoding="utf-8") as file:
                yield file

    def _matrix(self, survey: Survey, options: dict[str, Any], out: TextIO) -> None:
        origins, destinations = (_spots(survey, options[name]) for name in ("origins", "destinations"))
        tables = matrix.matrix(survey, origins, destinations)
        if options["engine"] == "r5":
            tables = iter([r5.matrix(sources_of_network(), survey.question, origins, destinations, options["r5_jar"])])
        matrix.write_csv(out, tables)

    def _isochrones(self, survey: Survey, options: dict[str, Any], out: TextIO) -> None:
        lat, _, lon = options["place"].partition(",")
        place = Spot(options["place"], float(lat), float(lon))
        asked = options["minutes"], options["percent"], options["square"]
        json.dump(isochrones.isochrones(survey, place, *asked, _found(survey, options)), out)

    def _opportunities(self, survey: Survey, options: dict[str, Any], out: TextIO) -> None:
        asked = options["minutes"], options["percent"], options["square"]
        found = isochrones.opportunities(survey, *asked, _found(survey, options), self._said)
        if options["csv"]:
            isochrones.write_csv(out, found)
        else:
            json.dump(found, out)

    def _said(self, done: int, total: int) -> None:
        if done % 1000 == 0 or done == total:
            self.stderr.write(f"{done} of {total} squares")


def _survey(options: dict[str, Any]) -> Survey:
    network = current_network()
    at = datetime.fromisoformat(options["at"])
    zone = ZoneInfo(network.schedule.timezones[0])
    at = at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)
    seconds = {f"{name}_s": options[key] * 60 for name, key in (("window", "window"), ("limit", "limit"))}
    modes = frozenset(map(Mode, options["modes"])) if options["modes"] else TRANSIT_MODES
    how = {"max_walk_s": options["walk"] * 60, "modes": modes, "max_vehicles": options["vehicles"]}
    return Survey(network, Question(at, **seconds, **how))


def _spots(survey: Survey, path: str | None) -> list[Spot]:
    if path is not None:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            return [Spot(row["id"], float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]
    stops = survey.network.stops
    called = np.unique(survey.network.schedule.sequence_stops).tolist()
    return [Spot(survey.network.stop_id(stop), float(stops.lat[stop]), float(stops.lon[stop])) for stop in called]


def _found(survey: Survey, options: dict[str, Any]) -> list[opportunities.Opportunity]:
    if options["opportunities"] is None:
        return opportunities.of_the_map(survey.network)
    return opportunities.read(Path(options["opportunities"]).read_text(encoding="utf-8"))
