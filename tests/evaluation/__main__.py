"""`make evaluate`: the published cases, answered; how often the published etiology comes first."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt

from cds_service.answer import Setting, answer
from cds_service.audit.record import Arrival, fingerprint
from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from tests.evaluation.published import AS_OF_YEAR, HOOK, PublishedCase, published_cases

AS_OF = datetime(AS_OF_YEAR, 6, 30, tzinfo=UTC)
DOMAIN = "io.github.calcification-cds"


@dataclass(frozen=True, slots=True)
class Result:
    """How one case came out: the ranked etiologies with their tiers."""

    case: PublishedCase
    ranked: tuple[tuple[str, str], ...]
    cards: int

    @property
    def place(self) -> int:
        """The place of the published etiology, from 1; 0 where it is not shown."""
        names = [etiology for etiology, _ in self.ranked]
        return names.index(self.case.etiology) + 1 if self.case.etiology in names else 0

    @property
    def called_likely(self) -> list[str]:
        """The etiologies that are called likely."""
        return [etiology for etiology, tier in self.ranked if tier == "likely"]


def answered(content: Content, case: PublishedCase) -> Result:
    """Answers one case."""
    service = SERVICES["calcification-report-sign"]
    call = read_call(case.request, service.id, HOOK)
    arrival = Arrival(AS_OF, AS_OF, "evaluation", fingerprint(case.request), lambda: 0)
    given = answer(service, call, arrival, Setting(content, DOMAIN, "http://127.0.0.1", lambda _patient: ""))
    listed: list[dict[str, str]] = next(
        (card["extension"].get(f"{DOMAIN}.differential", []) for card in given.cards), []
    )
    return Result(case, tuple((one["etiology"], one["tier"]) for one in listed), len(given.cards))


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not of:
        return "-"
    z, share = 1.96, hits / of
    middle, spread = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)
    return f"{hits:3d}/{of:<3d} {share:5.0%}  ({low:.0%} to {high:.0%})"


def summary(results: Iterable[Result]) -> list[str]:
    """The figures that the project is held to."""
    kept = list(results)
    named = [one for one in kept if one.case.etiology != "none" and not one.case.silent]
    strict = [one for one in named if one.case.strict]
    none = [one for one in kept if one.case.etiology == "none"]
    silent = [one for one in kept if one.case.silent]
    return [
        f"right etiology first, strict       {wilson(sum(one.place == 1 for one in strict), len(strict))}",
        f"right etiology in first 3, strict  {wilson(sum(1 <= one.place <= 3 for one in strict), len(strict))}",
        f"right etiology first, all          {wilson(sum(one.place == 1 for one in named), len(named))}",
        f"'none' called likely               {wilson(sum(bool(one.called_likely) for one in none), len(none))}",
        f"a card where silence was right     {wilson(sum(one.cards > 0 for one in silent), len(silent))}",
    ]


def per_etiology(results: Iterable[Result]) -> list[str]:
    """First and among the first three, by etiology."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        if one.case.etiology != "none" and not one.case.silent:
            groups[one.case.etiology].append(one)
    return [
        f"  {name:36} first {sum(one.place == 1 for one in group)}/{len(group)}  "
        f"in 3 {sum(1 <= one.place <= 3 for one in group)}/{len(group)}"
        for name, group in sorted(groups.items())
    ]


def misses(results: Iterable[Result]) -> list[str]:
    """Every case that did not come out as published, with what came out instead."""
    lines = []
    for one in results:
        case = one.case
        if case.silent:
            wrong = one.cards > 0
        elif case.etiology == "none":
            wrong = bool(one.called_likely)
        else:
            wrong = one.place != 1
        if wrong:
            shown = ", ".join(f"{etiology} ({tier})" for etiology, tier in one.ranked[:4]) or "no card"
            lines.append(f"  {case.id}{'' if case.strict else ' (soft)'}: place {one.place or '-'}; {shown}")
    return lines


def main() -> int:
    """Prints the tables."""
    content = load_content(*default_content())
    results = [answered(content, case) for case in published_cases()]
    print(f"{len(results)} published cases, content {content.version}\n")
    print("\n".join(summary(results)))
    print("\nBy etiology")
    print("\n".join(per_etiology(results)))
    print("\nNot as published")
    print("\n".join(misses(results)) or "  none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
