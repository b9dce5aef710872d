"""The tables that `make prevalence` prints: Markdown, every figure per 10,000 reports."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from tests.evaluation.told import Told
from tests.evaluation.weighted import Estimate, Weighed, estimates

WORST = 20
"""How many texts a list of the worst tells."""
LIST = 10_000
NOTHING = "  nothing"

Key = TypeVar("Key")


def shares(heading: str, results: Sequence[Told], counted: Mapping[str, Callable[[Told], bool]]) -> list[str]:
    """How often each figure counts, with its interval."""
    rows = [[name, _number(one.share), _ends(one)] for name, one in _estimated(results, counted).items()]
    return _table([heading, "per 10,000", "95 % interval"], rows)


def names(results: Sequence[Told], everyday: frozenset[str]) -> list[str]:
    """Every etiology that is called likely at all, rare names first: how often, and how often wrongly."""
    called = sorted({name for one in results for name in one.likely}, key=lambda name: (name in everyday, name))
    likely = _estimated(results, {name: _calls(name) for name in called})
    wrong = _estimated(results, {name: _calls_wrongly(name) for name in called})
    rows = [
        [name + ("" if name in everyday else " (rare)")]
        + [cell for one in (likely[name], wrong[name]) for cell in (_number(one.share), _ends(one))]
        for name in called
    ]
    return _table(["called likely", "per 10,000", "95 % interval", "wrongly", "95 % interval"], rows)


def _calls(name: str) -> Callable[[Told], bool]:
    return lambda one: name in one.likely


def _calls_wrongly(name: str) -> Callable[[Told], bool]:
    return lambda one: name in one.wrong


def kinds(results: Sequence[Told]) -> list[str]:
    """Each kind of report by itself, so that other shares of the list can be reckoned with."""
    rows = []
    for kind, group in _grouped(results, lambda one: one.listed.kind).items():
        whole = _weight(group)
        parts = (
            [one for one in group if one.speaks],
            [one for one in group if one.likely],
            [one for one in group if one.wrong],
        )
        rows.append([kind, f"{whole:.2%}", *(_number(_weight(part) / whole) for part in parts)])
    return _table(["kind", "of the list", "card, per 10,000 of the kind", "likely name", "wrong likely name"], rows)


def silences(results: Sequence[Told]) -> list[str]:
    """Why reports got no card; of the whole list, and of those with soft tissue mineral."""
    groups = _grouped([one for one in results if one.silent], lambda one: one.silent)
    rows = [
        [reason, _number(_weight(group)), _number(_weight([one for one in group if one.has_mineral]))]
        for reason, group in _heaviest(groups)
    ]
    return _table(["silent, because", "per 10,000", "with soft tissue mineral"], rows)


def offenders(results: Sequence[Told]) -> list[str]:
    """What was wrongly said, heaviest text first: the text, its heaviest chart, and the items that decided."""
    groups: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for one in results:
        for name in one.wrong:
            groups[one.listed.text, name].append(one)
        if one.false_alarm:
            groups[one.listed.text, f"alarm {', '.join(one.alarms)}"].append(one)
    told = _heaviest(groups)
    lines = [line for (text, what), group in told[:WORST] for line in _offence(text, what, group)]
    return [*lines, f"  and {len(told) - WORST} more"] if len(told) > WORST else lines or [NOTHING]


def _offence(text: str, what: str, group: Sequence[Told]) -> Iterator[str]:
    heaviest = max(group, key=lambda one: one.listed.weight)
    yield f"  {text}: {what}, {_number(_weight(group))} (charts: {len(group)}, heaviest: {heaviest.listed.chart})"
    reason = heaviest.wrong.get(what)
    for item in reason.counted if reason else ():
        yield f"    {item.weight:+d} {item.label}"


def by_text(results: Sequence[Told], counts: Callable[[Told], bool]) -> list[str]:
    """The texts that a figure is made of, heaviest first, with why they are silent where they are."""
    groups = _heaviest(_grouped([one for one in results if counts(one)], lambda one: (one.listed.text, one.silent)))
    lines = [f"  {text}{reason and f': {reason}'}, {_number(_weight(group))}" for (text, reason), group in groups]
    return [*lines[:WORST], f"  and {len(lines) - WORST} more"] if len(lines) > WORST else lines or [NOTHING]


def _estimated(results: Sequence[Told], counted: Mapping[str, Callable[[Told], bool]]) -> dict[str, Estimate]:
    weighed = [Weighed(one.listed.kind, one.listed.text, one.listed.weight) for one in results]
    hits = [[counts(one) for one in results] for counts in counted.values()]
    return dict(zip(counted, estimates(weighed, hits), strict=True))


def _grouped(results: Sequence[Told], key: Callable[[Told], Key]) -> dict[Key, list[Told]]:
    groups: dict[Key, list[Told]] = defaultdict(list)
    for one in results:
        groups[key(one)].append(one)
    return groups


def _heaviest(groups: Mapping[Key, list[Told]]) -> list[tuple[Key, list[Told]]]:
    return sorted(groups.items(), key=lambda item: -_weight(item[1]))


def _weight(group: Sequence[Told]) -> float:
    return sum(one.listed.weight for one in group)


def _number(share: float) -> str:
    of = share * LIST
    return f"{of:.2f}" if of < 10 else f"{of:.0f}"


def _ends(one: Estimate) -> str:
    return f"{_number(one.low)} to {_number(one.high)}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
