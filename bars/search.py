"""The exact answer: on real timetables the engine's Pareto sets are those of two oracles, and those of nigiri.

`python -m bars.search` asks 200 questions of each city, and 1,000 beside nigiri; `python -m bars.search rnv tampere`
only of some cities. What differs is printed to standard error, amid what nigiri says of its loading.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
if "NUMBA_CACHE_DIR" not in os.environ:
    from transit.routing.kernels import source_hash

    os.environ["NUMBA_CACHE_DIR"] = str(ROOT / "var" / "kernels" / source_hash())

from tests.transit.routing.cities import CITIES, MinuteCity, city_of  # noqa: E402

DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
NETWORKS = ROOT / "var" / "bars" / "networks"
QUESTIONS = 200
PEER_QUESTIONS = 1000
SEED = 2026


def oracle(name: str) -> bool:
    """Whether all three agree on all questions."""
    started = perf_counter()
    city = city_of(name, DATA, NETWORKS)
    questions = city.questions(QUESTIONS, SEED)
    equal, journeys, answered, vehicles = 0, 0, 0, 0
    for question in questions:
        texts = [text for each in (city.rounds, city.expanded) if (text := city.disagreement(question, each))]
        for text in texts:
            print(text, file=sys.stderr)
        found = city.answer(question)
        equal += not texts
        journeys += len(found)
        answered += bool(found)
        vehicles = max([vehicles, *(k for _, _, k in found)])
    passed = equal == len(questions)
    print(
        f"BAR search.oracle.{name} {'PASS' if passed else 'FAIL'} {equal}/{len(questions)} Pareto sets equal to both "
        f"oracles' ({answered} not empty, {journeys} journeys of up to {vehicles} vehicles; "
        f"{perf_counter() - started:.0f} s)",
        flush=True,
    )
    return passed


def nigiri(name: str) -> bool:
    """Whether nigiri agrees under the same rules on what is reached, when and with how many vehicles."""
    started = perf_counter()
    city = MinuteCity.of_city(city_of(name, DATA, NETWORKS), NETWORKS)
    questions = city.questions(PEER_QUESTIONS, SEED)
    texts = [text for question in questions if (text := city.disagreement(*question))]
    for text in texts:
        print(text, file=sys.stderr)
    answers = [city.answer(*question) for question in questions]
    reached, journeys = sum(map(bool, answers)), sum(map(len, answers))
    vehicles = max(k for answer in answers for _, k in answer)
    print(
        f"BAR search.nigiri.{name} {'FAIL' if texts else 'PASS'} {len(questions) - len(texts)}/{len(questions)} sets "
        f"of (arrival, vehicles) equal to nigiri's ({reached} not empty, {journeys} journeys of up to {vehicles} "
        f"vehicles; {perf_counter() - started:.0f} s)",
        flush=True,
    )
    return not texts


def main(cities: list[str] | None = None) -> int:
    """Print two lines for each city; how many failed."""
    return sum(not bar(name) for bar in (nigiri, oracle) for name in cities or CITIES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
