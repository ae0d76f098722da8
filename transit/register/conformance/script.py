"""The trial: what is asked, in which order, and what each answer proves. It knows no protocol and reads no clock.

Whatever was held or bought is let go at the end, also where a step fails. A step that got no answer proves nothing
either way. Source of the order: what `bookings.services.calls` relies on when an answer of its own is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from transit.register.conformance.shop import Lost, Offered, Refusal, Sale, Shop, Standing

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(seconds=20)
"""An expiry that comes later is not waited for."""
NOWHERE: Final = "no-such-offer-5b1f"
"""An offer that no operator has made."""
T = TypeVar("T")


class Verdict(StrEnum):
    """What a step says."""

    PROVEN = "PROVEN"
    DISPROVEN = "DISPROVEN"
    UNCLEAR = "UNCLEAR"
    """No answer came, or that something broke."""
    NOT_TRIED = "NOT_TRIED"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried. `code` says why, `said` what was answered, in short."""

    name: str
    verdict: Verdict
    code: str = ""
    said: str = ""

    def row(self) -> dict[str, str]:
        """Its JSON form."""
        return {"step": self.name, "verdict": self.verdict.value, "code": self.code, "said": self.said[:200]}


STEPS: Final = (
    "search", "look_up_before", "hold", "hold_again", "look_up", "find_all", "extend", "release", "release_again",
    "look_up_after", "confirm", "confirm_again", "charged_once", "undo", "expire", "nonsense",
)  # fmt: skip


@dataclass
class Trial:
    """One run. `reference` makes ours of three sales; `may_go_on` is false when the time is up."""

    shop: Shop
    reference: Callable[[], str]
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    may_go_on: Callable[[], bool]
    steps: dict[str, Step] = field(default_factory=dict)
    _open: dict[str, bool] = field(default_factory=dict)
    """What is held or bought at the operator: whether it is bought."""

    def run(self) -> Mapping[str, Step]:
        """Every step by its name, in the order of STEPS."""
        try:
            offers = self._search()
            if offers:
                self._hold_and_release(offers[0])
            if len(offers) > 1 and self._holds:
                self._buy(offers[1])
            if len(offers) > 2 and self._holds:
                self._expire(offers[2])
            if offers:
                self._nonsense()
        finally:
            self._clean_up()
        return {name: self.steps.get(name, Step(name, Verdict.NOT_TRIED)) for name in STEPS}

    @property
    def _holds(self) -> bool:
        return self.steps["hold"].verdict is Verdict.PROVEN

    def _search(self) -> list[Offered]:
        """Three offers to try with; of few, the same rides are searched again, which makes new offers of them."""
        found = self._tried("search", self.shop.search)
        if found == []:
            self._note("search", Verdict.UNCLEAR, "nothing_offered")
        if not found:
            return []
        self._note("search", Verdict.PROVEN, said=f"{len(found)} offers")
        for _ in range(2):
            if len({offer.ref for offer in found}) >= 3:
                break
            with suppress(Refusal, Lost):
                known = {offer.ref for offer in found}
                found += [offer for offer in self.shop.search() if offer.ref not in known]
        return found[:3]

    def _hold_and_release(self, offer: Offered) -> None:
        self._expect("look_up_before", lambda: self.shop.find(offer.ref), {None, Standing.NEW}, wrong="not_new")
        ours = self.reference()
        held = self._held("hold", offer, ours)
        if held is None:
            return
        self._repeat_hold(offer, ours, held)
        self._expect("look_up", lambda: self.shop.find(offer.ref), {held.standing}, wrong="not_found")
        self._find_all(ours, held)
        self._extend(held)
        let_go = self.shop.undo if held.standing is Standing.SOLD else self.shop.release
        for name in ("release", "release_again"):
            if self._expect(name, lambda: let_go(held.ref), {Standing.GONE}, wrong="still_held"):
                self._open.pop(held.ref, None)
        self._expect("look_up_after", lambda: self.shop.find(offer.ref), {None, Standing.GONE}, wrong="still_held")

    def _held(self, name: str, offer: Offered, ours: str) -> Sale | None:
        """A hold under a name of a step; None where there is none."""
        sale = self._tried(name, lambda: self.shop.hold(offer.ref, ours))
        if sale is None:
            return None
        self._keep(sale)
        if sale.standing not in {Standing.HELD, Standing.SOLD}:
            self._note(name, Verdict.DISPROVEN, "not_held", sale.standing)
            return None
        dearer = sale.price is not None and (sale.price.currency, sale.price.minor) > (
            offer.price.currency,
            offer.price.minor,
        )
        if dearer:
            self._note(name, Verdict.DISPROVEN, "dearer", f"{offer.price} → {sale.price}")
            return None
        code = "" if sale.standing is Standing.HELD else "sold_at_once"
        self._note(name, Verdict.PROVEN, code, f"{sale.standing}, {sale.price}")
        return sale

    def _repeat_hold(self, offer: Offered, ours: str, held: Sale) -> None:
        again = self._tried("hold_again", lambda: self.shop.hold(offer.ref, ours))
        if again is None:
            return
        self._keep(again)
        if again.ref != held.ref:
            self._note("hold_again", Verdict.DISPROVEN, "sold_twice", "another sale")
        elif again.standing is not held.standing:
            self._note("hold_again", Verdict.DISPROVEN, "other_answer", again.standing)
        else:
            self._note("hold_again", Verdict.PROVEN, said="the same sale")

    def _find_all(self, ours: str, held: Sale) -> None:
        found = self._tried("find_all", lambda: self.shop.find_all(ours), optional=True)
        if found is None:
            return
        alive = [sale for sale in found if sale.standing in {Standing.HELD, Standing.SOLD, Standing.WAITING}]
        for sale in alive:
            self._keep(sale)
        if len(alive) > 1:
            self._note("find_all", Verdict.DISPROVEN, "sold_twice", f"{len(alive)} sales")
        elif [sale.ref for sale in alive] == [held.ref]:
            self._note("find_all", Verdict.PROVEN)
        else:
            self._note("find_all", Verdict.DISPROVEN, "not_found")

    def _extend(self, held: Sale) -> None:
        if held.standing is not Standing.HELD:
            return
        later = self._tried("extend", lambda: self.shop.extend(held.ref))
        if later is not None:
            # Expiries are told in whole seconds: one that is not earlier has been put off.
            shorter = None not in (later.expires_at, held.expires_at) and later.expires_at < held.expires_at  # type: ignore[operator]
            self._note("extend", Verdict.DISPROVEN if shorter else Verdict.PROVEN, "shorter" if shorter else "")

    def _buy(self, offer: Offered) -> None:
        held = self._tried("confirm", lambda: self.shop.hold(offer.ref, self.reference()))
        if held is None:
            return
        self._keep(held)
        bought = self._tried("confirm", lambda: self.shop.confirm(held.ref))
        if bought is None:
            return
        self._keep(bought)
        if bought.standing not in {Standing.SOLD, Standing.WAITING}:
            self._note("confirm", Verdict.DISPROVEN, "not_sold", bought.standing)
            return
        self._note("confirm", Verdict.PROVEN, "waits" if bought.standing is Standing.WAITING else "")
        self._expect("confirm_again", lambda: self.shop.confirm(held.ref), {bought.standing}, wrong="other_answer")
        if bought.standing is Standing.SOLD:
            self._charged(bought, offer)
            if self._expect("undo", lambda: self.shop.undo(held.ref), {Standing.GONE}, wrong="still_held"):
                self._open.pop(held.ref, None)

    def _charged(self, bought: Sale, offer: Offered) -> None:
        charged = self._tried("charged_once", lambda: self.shop.find_charge(bought.ref), optional=True)
        if charged is None:
            return
        due = bought.price or offer.price
        once = charged == due
        self._note("charged_once", Verdict.PROVEN if once else Verdict.DISPROVEN, "" if once else "charged_otherwise",
                   f"{charged} for {due}")  # fmt: skip

    def _expire(self, offer: Offered) -> None:
        """Waits only where that is short."""
        if not self.may_go_on():
            return
        with suppress(Refusal, Lost):
            held = self.shop.hold(offer.ref, self.reference())
            self._keep(held)
            left = None if held.expires_at is None else held.expires_at - self.now()
            if left is None or left > LONGEST_WAIT:
                self._note("expire", Verdict.NOT_TRIED, "too_long")
                return
            self.wait(max(left, timedelta()).total_seconds() + SHORTEST_WAIT.total_seconds())
            wrong = "still_held"
            with suppress(Refusal, Lost):
                after = self.shop.find(offer.ref)
                wrong = "bought" if after is not None and after.standing is Standing.SOLD else wrong
                if after is None or after.standing is Standing.GONE:
                    self._open.pop(held.ref, None)
            self._expect("expire", lambda: self.shop.find(offer.ref), {None, Standing.GONE}, wrong=wrong)

    def _nonsense(self) -> None:
        """What does not exist cannot be bought; the refusal says so in the words of the standard."""
        if not self.may_go_on():
            return
        try:
            self._keep(self.shop.hold(NOWHERE, self.reference()))
            self._note("nonsense", Verdict.DISPROVEN, "accepted")
        except Refusal as refusal:
            proper = refusal.is_refusal and bool(refusal.codes)
            code = "" if proper else "no_error_code" if refusal.is_refusal else "no_refusal"
            self._note("nonsense", Verdict.PROVEN if proper else Verdict.DISPROVEN, code, str(refusal))
        except Lost as lost:
            self._note("nonsense", Verdict.UNCLEAR, "lost", str(lost))

    def _expect(self, name: str, call: Callable[[], Sale | None], wanted: set[Standing | None], *, wrong: str) -> bool:
        """Whether a call shows one of some standings."""
        if not self.may_go_on():
            self._note(name, Verdict.NOT_TRIED, "no_time")
            return False
        try:
            sale = call()
        except Refusal as refusal:
            self._note(name, Verdict.DISPROVEN, "refused" if refusal.is_refusal else "senseless", str(refusal))
            return False
        except Lost as lost:
            self._note(name, Verdict.UNCLEAR, "lost", str(lost))
            return False
        standing = None if sale is None else sale.standing
        fine = standing in wanted
        self._note(name, Verdict.PROVEN if fine else Verdict.DISPROVEN, "" if fine else wrong, standing or "unknown")
        return fine

    def _tried(self, name: str, call: Callable[[], T | None], *, optional: bool = False) -> T | None:
        """What a call brings; None where it failed, which is noted, or `optional`: where the protocol has none such."""
        if not self.may_go_on():
            self._note(name, Verdict.NOT_TRIED, "no_time")
            return None
        try:
            found = call()
        except Refusal as refusal:
            self._note(name, Verdict.DISPROVEN, "refused" if refusal.is_refusal else "senseless", str(refusal))
            return None
        except Lost as lost:
            self._note(name, Verdict.UNCLEAR, "lost", str(lost))
            return None
        if found is None and optional:
            self._note(name, Verdict.NOT_TRIED, "no_such_call")
        return found

    def _note(self, name: str, verdict: Verdict, code: str = "", said: str = "") -> None:
        self.steps[name] = Step(name, verdict, code, said)

    def _keep(self, sale: Sale) -> None:
        if sale.standing in {Standing.HELD, Standing.SOLD, Standing.WAITING}:
            self._open[sale.ref] = sale.standing is Standing.SOLD

    def _clean_up(self) -> None:
        """What waits for the operator's word can only be given back as if it had it."""
        for ref, bought in self._open.items():
            for call in (self.shop.undo, self.shop.release) if bought else (self.shop.release, self.shop.undo):
                with suppress(Refusal, Lost):
                    call(ref)
                    break
