"""The tables that `make evaluate` prints, and the same as JSON values."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.evaluation.figures import wilson, wilson_ends
from tests.evaluation.results import NO_CARD, NONE, SILENT, Deciding, Placing

Json = dict[str, Any]

_EVIDENCE = 110


@dataclass(frozen=True, slots=True)
class Share:
    """One figure: how many of how many."""

    name: str
    hits: int
    of: int

    def line(self) -> str:
        """The figure with its interval."""
        return f"{self.name:42} {wilson(self.hits, self.of)}"

    def as_json(self) -> Json:
        """The figure as JSON values."""
        low, high = wilson_ends(self.hits, self.of)
        share = round(self.hits / self.of, 4) if self.of else None
        return {"hits": self.hits, "of": self.of, "share": share, "low": round(low, 4), "high": round(high, 4)}


def named(results: Iterable[Placing]) -> list[Placing]:
    """The cases that have a published etiology to find."""
    return [one for one in results if one.published not in (NONE, SILENT)]


def summary(results: Iterable[Placing]) -> list[Share]:
    """The figures that the project is held to."""
    kept = list(results)
    found = named(kept)
    strict = [one for one in found if one.case.strict]
    none = [one for one in kept if one.case.etiology == NONE]
    silent = [one for one in kept if one.published == SILENT]
    return [
        _share("right etiology first, strict cases", strict, lambda one: one.place == 1),
        _share("right etiology in the first 3, strict", strict, lambda one: 1 <= one.place <= 3),
        _share("right etiology first, all", found, lambda one: one.place == 1),
        _share("right etiology in the first 3, all", found, lambda one: 1 <= one.place <= 3),
        _share("another called likely, all", found, lambda one: bool(one.false_likely)),
        _share("no card though there is an etiology, all", found, lambda one: not one.ranked),
        _share("'none' called likely", none, lambda one: bool(one.false_likely)),
        _share("silent where silence is right", silent, lambda one: not one.speaks),
    ]


def _share(name: str, cases: Sequence[Placing], counts: Callable[[Placing], bool]) -> Share:
    return Share(name, sum(map(counts, cases)), len(cases))


def by_published(results: Iterable[Placing]) -> dict[str, list[Placing]]:
    """The cases by what was published: etiologies by name, then "none", then "silent"."""
    groups: dict[str, list[Placing]] = defaultdict(list)
    for one in results:
        groups[one.published].append(one)
    return {name: groups[name] for name in sorted(groups, key=lambda name: (name == SILENT, name == NONE, name))}


def per_etiology(results: Iterable[Placing]) -> list[str]:
    """First, in the first three, another called likely, and no card, by what was published."""
    lines = [f"  {'':36} {'first':28} {'in the first 3':28} {'false likely':>12} {'no card':>8}"]
    for name, group in by_published(results).items():
        asked = name not in (NONE, SILENT)
        first = wilson(sum(one.place == 1 for one in group), len(group)) if asked else ""
        three = wilson(sum(1 <= one.place <= 3 for one in group), len(group)) if asked else ""
        likely = sum(bool(one.false_likely) for one in group)
        quiet = sum(not one.speaks if name == SILENT else not one.ranked for one in group)
        lines.append(f"  {name:36} {first:28} {three:28} {likely:8d}/{len(group):<3d} {quiet:4d}/{len(group)}")
    return lines


def confusion(results: Iterable[Placing]) -> dict[str, dict[str, int]]:
    """What was published, by the first answer."""
    return {name: dict(Counter(one.first for one in group)) for name, group in by_published(results).items()}


def confusion_lines(table: dict[str, dict[str, int]]) -> list[str]:
    """The confusion matrix: a row for what was published, a numbered column for each first answer."""
    answers = {answer for row in table.values() for answer in row} - {NO_CARD}
    names = [name for name in table if name not in (NONE, SILENT)]
    names += sorted(answers - set(names))
    columns = [*names, NO_CARD]
    heads = [*(str(number) for number in range(1, len(names) + 1)), "no card"]
    lines = [f"  {'published, by first answer':40} " + " ".join(f"{head:>2}" for head in heads)]
    for name in [*names, *(extra for extra in (NONE, SILENT) if extra in table)]:
        row = table.get(name, {})
        number = f"{names.index(name) + 1:2d} " if name in names else "   "
        cells = (str(row[column]) if column in row else "." for column in columns)
        lines.append(f"  {number}{name:37} " + " ".join(f"{cell:>2}" for cell in cells))
    return lines


def miss_lines(one: Placing, reasons: Iterable[Deciding]) -> list[str]:
    """A case that did not come out as published, with the items that decided it."""
    shown = ", ".join(f"{etiology} ({tier})" for etiology, tier in one.ranked[:4]) or NO_CARD
    soft = "" if one.case.strict else " (soft)"
    lines = [f"  {one.case.id}{soft}: published {one.published}, place {one.place or '-'}; {shown}"]
    for reason in reasons:
        lines.append(
            f"    {reason.etiology}: {reason.tier}, {reason.score} points ({reason.low} to {reason.high}), "
            f"prior {reason.prior}, entry {reason.entry}"
        )
        lines += [f"      {item.weight:+d} {item.label}{_told(item.evidence)}" for item in reason.counted]
        if reason.etiology == one.case.etiology:
            lines += [f"      lacks {item.weight:+d} {item.label}: {item.verdict}" for item in reason.lacking]
    return lines


def _told(evidence: str) -> str:
    cut = evidence if len(evidence) <= _EVIDENCE else evidence[: _EVIDENCE - 1] + "…"
    return f": {cut}" if cut else ""


def miss_json(one: Placing, reasons: Iterable[Deciding]) -> Json:
    """The same as JSON values."""
    return {
        "id": one.case.id,
        "strict": one.case.strict,
        "published": one.published,
        "place": one.place,
        "ranked": [list(pair) for pair in one.ranked],
        "deciding": [
            {
                "etiology": reason.etiology,
                "tier": reason.tier,
                "score": [reason.low, reason.score, reason.high],
                "prior": reason.prior,
                "entry": reason.entry,
                "counted": [[item.weight, item.label, item.evidence] for item in reason.counted],
                "lacking": [[item.weight, item.label, item.verdict] for item in reason.lacking],
            }
            for reason in reasons
        ],
    }
