"""Nested form fields: `a[b][0]=x` ⇄ `{"a": {"b": {"0": "x"}}}`."""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import parse_qsl

_SUBSCRIPTS = re.compile(r"\[([^\[\]]*)\]")

Form = dict[str, Any]


def decode(encoded: str) -> Form:
    """A form body or query string as nested dictionaries. Lists stay dictionaries keyed by position."""
    form: Form = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, _, _ = name.partition("[")
        place = form
        path = [head, *_SUBSCRIPTS.findall(name[len(head) :])]
        for step, after in itertools.pairwise(path):
            child = place.setdefault(step or str(len(place)), {})
            if not isinstance(child, dict):
                raise ValueError(f"{name} names both a value and a group ({after})")
            place = child
        place[path[-1] or str(len(place))] = value
    return form
