"""Which rider categories of a feed (rider_categories.txt) are meant by ours: by the words of their ids and names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transit.routing.fare_rows import Category
from transit.routing.query import RiderCategory

_WORDS = {
    RiderCategory.ADULT: r"\b(adults?|regular|standard|full|aikui\w+|vuxen\w*|erwachsene\w*)\b|大人|一般|普通",
    RiderCategory.CHILD: r"\b(child(ren)?|kids?|laps\w+|barn|kind(er)?|enfants?|niñ\w+)\b|小児|子供|子ども|小人",
    RiderCategory.YOUTH: r"\b(youths?|teens?|juniors?|young\w*|nuor\w+|ungdom\w*|jugend\w*|jeunes?)\b|学生|若者",
    RiderCategory.SENIOR: r"\b(seniors?|elder\w*|honou?red|pensioners?|eläke\w+|seniori\w*|65)\b|シニア|高齢|敬老",
}
_READ = {category: re.compile(words) for category, words in _WORDS.items()}
_FITTING = {
    RiderCategory.ADULT: (),
    RiderCategory.CHILD: (RiderCategory.CHILD, RiderCategory.YOUTH),
    RiderCategory.YOUTH: (RiderCategory.YOUTH,),
    RiderCategory.SENIOR: (RiderCategory.SENIOR,),
}
"""Where a feed has no category for children, they are its young people."""


def categories_of(categories: Sequence[Category], rider: RiderCategory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The categories that are a rider's own, and those that are everybody's (`is_default_fare_category`).

    Where none is the default, those that are called adult are; where none is that either, only what is for any.
    """
    texts = {each.id: f"{each.id} {each.name}".lower().replace("_", " ") for each in categories}
    adult = tuple(key for key, text in texts.items() if _READ[RiderCategory.ADULT].search(text))
    default = tuple(each.id for each in categories if each.is_default) or adult or ("",)
    for name in _FITTING[rider]:
        own = tuple(key for key, text in texts.items() if _READ[name].search(text) and key not in default)
        if own:
            return own, default
    return (), default
