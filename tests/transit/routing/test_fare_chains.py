"""The tickets by Fares v2 are the cheapest that the rules allow."""

from __future__ import annotations

from random import Random

from tests.oracles.through_tickets import best_cost
from transit.routing.fare_chains import best_chains
from transit.routing.fare_legs import FareLeg
from transit.routing.fare_rows import Category, LegRule, Medium, Product, StopArea, TransferRule
from transit.routing.query import RiderCategory
from transit.routing.tariff import Tariff

SYSTEMS = 1500


def a_tariff(draw: Random) -> Tariff:
    """Rules as different as a small system allows, many of which say nothing of what the others ask."""
    names = ["p", "q", "r"][: draw.randint(1, 3)]
    categories = (Category("adult", "", "", True), Category("senior", "", "", False))[: draw.randint(0, 2)]
    media = (Medium("cash", "", 0), Medium("card", "", 2))[: draw.choice([0, 1, 2, 2])]
    keys = {
        (name, draw.choice(["", *(each.id for each in categories)]), draw.choice(["", *(each.id for each in media)]))
        for name in names
        for _ in range(draw.randint(2, 4))
    }
    products = tuple(
        Product(name, "", category, medium, draw.choice([-2, 0, 1, 3, 4, 7, 9]), draw.choice(["EUR"] * 9 + ["SEK"]))
        for name, category, medium in sorted(keys)
    )
    groups = ["", "g", "g", "h"]
    has_priorities = draw.random() < 0.5
    leg_rules = tuple(
        LegRule(
            draw.choice(groups),
            draw.choice(["", "n", "n", "m"]),
            draw.choice(["", "", "", "a", "b"]),
            draw.choice(["", "", "", "a", "b"]),
            draw.choice(["", "", "", "", "peak"]),
            draw.choice(["", "", "", "", "peak"]),
            draw.choice([*names, *names, *names, ""]),
            draw.choice([0, 0, 1]) if has_priorities else 0,
        )
        for _ in range(draw.randint(2, 6))
    )
    return Tariff(
        categories,
        media,
        products,
        leg_rules,
        transfer_rules=tuple(a_transfer_rule(draw, groups, names) for _ in range(draw.randint(1, 6))),
        stop_areas=(StopArea("1", "a"), StopArea("2", "b"), StopArea("3", "a"), StopArea("3", "b")),
        has_priorities=has_priorities,
    )


def a_transfer_rule(draw: Random, groups: list[str], names: list[str]) -> TransferRule:
    tail = draw.choice(groups)
    head = draw.choice([tail, draw.choice(groups)])
    count = draw.choice([-1, -1, 1, 2]) if tail == head else 0
    limit_s = draw.choice([0, 10, 15, 20, 30])
    return TransferRule(
        tail,
        head,
        count,
        limit_s,
        draw.randint(0, 3) if limit_s else 0,
        draw.randint(0, 2),
        draw.choice(["", *names, *names]),
    )


def some_legs(draw: Random) -> list[FareLeg]:
    at, found = 0, []
    for i in range(draw.randint(1, 4)):
        start = at + draw.choice([0, 5, 15])
        at = start + draw.choice([5, 10])
        networks = draw.choice([{"n"}, {"n"}, {"n"}, {"m"}, {""}, {"n", "m"}])
        frames = frozenset(draw.choice([[], ["peak"]]))
        stops = (draw.choice("1234"), draw.choice("1234"))
        found.append(FareLeg((i,), frozenset(networks), stops, start, at, (frames, frames)))
    return found


def test_the_tickets_are_the_cheapest() -> None:
    through = 0
    for seed in range(SYSTEMS):
        draw = Random(seed)
        tariff, legs = a_tariff(draw), some_legs(draw)
        rider = draw.choice([RiderCategory.ADULT, RiderCategory.SENIOR])
        chains = best_chains(tariff, legs, rider)
        ridden = [part.leg for chain in chains for part in chain.parts]
        assert ridden == sorted(set(ridden)), seed
        found = (
            len(legs) - len(ridden),
            sum(chain.sums()[-1] for chain in chains),
            len(chains),
            sum(chain.buyer.is_stray for chain in chains),
        )
        assert found == best_cost(tariff, legs, rider), seed
        through += any(len(chain.parts) > 1 for chain in chains)
    assert through > SYSTEMS / 10


def test_what_a_change_costs_is_not_saved_by_paying_each_ride_in_another_way() -> None:
    products = (
        Product("ride", "", "", "cash", 3, "EUR"),
        Product("ride", "", "", "card", 3, "EUR"),
        Product("change", "", "", "", 1, "EUR"),
    )
    tariff = Tariff(
        media=(Medium("cash", "", 0), Medium("card", "", 2)),
        products=products,
        leg_rules=(LegRule("g", "", "", "", "", "", "ride", 0),),
        transfer_rules=(TransferRule("g", "g", -1, 0, 0, 1, "change"),),
    )
    legs = [FareLeg((i,), frozenset({""}), ("1", "1"), 10 * i, 10 * i + 5) for i in range(2)]
    (chain,) = best_chains(tariff, legs, RiderCategory.ADULT)
    assert chain.sums() == [3, 7]
    assert best_cost(tariff, legs, RiderCategory.ADULT) == (0, 7, 1, 0)
