"""What a probe has found: values that go into a row as JSON and come out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

SAMPLES: Final = 5
LONGEST_SAMPLE: Final = 200
MOST_EVIDENCE: Final = 2000
Figures = Mapping[str, int | float | str]


class Severity(StrEnum):
    """How bad it is, the worst first."""

    UNUSABLE = "UNUSABLE"
    """Nobody can use the interface as it is."""
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    """Worth knowing; no fault."""


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: a code of `codes.CODES`, figures that fill its sentence, samples that are cut short."""

    code: str
    severity: Severity
    figures: Figures = field(default_factory=dict)
    samples: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Finding:
        """A finding from its JSON form."""
        return cls(row["code"], Severity(row["severity"]), row["figures"], tuple(row["samples"]))

    def row(self) -> dict[str, Any]:
        """Its JSON form. No database takes NUL, nor halves of characters."""
        samples = [storable(text)[:LONGEST_SAMPLE] for text in self.samples[:SAMPLES]]
        figures = {name: storable(value) if isinstance(value, str) else value for name, value in self.figures.items()}
        return {"code": self.code, "severity": self.severity.value, "figures": figures, "samples": samples}


@dataclass(frozen=True, slots=True)
class Result:
    """How a probe went. `kept` is what the next probe of the interface is to know."""

    reached: bool
    findings: tuple[Finding, ...] = ()
    evidence: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    conformance: Mapping[str, Any] | None = None


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first, else in the order in which they were found."""
    return sorted(findings, key=lambda finding: _RANKS[finding.severity])


def storable(text: str) -> str:
    """A text as every database can keep it."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def excerpt(lines: Iterable[str], secrets: Iterable[str] = ()) -> str:
    """What was answered, in short, with no secret in it."""
    text = storable("\n".join(lines))
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    return text[:MOST_EVIDENCE]
