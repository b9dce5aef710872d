"""What the service says of many synthetic patients, counted: how often it speaks, and how often `likely` is right.

The authors of the rules made the patients, too: these figures show that something has changed, not how well the service
does with real ones.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cds_service.sandbox.signing import Signed

_FIRST_NAMED = 3


@dataclass(frozen=True, slots=True)
class There:
    """The patients in whom an etiology is there; each is counted in one of the others beside `patients`.

    Attributes:
        patients: in whom it is what the report is about.
        likely_first: it stands first, and is called likely.
        first_three: it stands among the first three otherwise.
        further_down: it is named after these.
        not_named: a card came, and does not name it.
        silent: no card came.
    """

    patients: int
    likely_first: int
    first_three: int
    further_down: int
    not_named: int
    silent: int


@dataclass(frozen=True, slots=True)
class Named:
    """How often an etiology was called likely.

    Attributes:
        times: in how many patients.
        right: it is there.
        another: another etiology is there.
        none: none of the list is there.
    """

    times: int
    right: int
    another: int
    none: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Of so many reports, how many got a card, one with a `likely` name, and a must-not-miss alarm."""

    reports: int
    cards: int
    likely: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted.

    Attributes:
        spoken: of all reports.
        spoken_of_none: of those of patients in whom no etiology of the list is there.
        there: by the etiology that is there.
        named: by the etiology that is called likely.
    """

    spoken: Spoken
    spoken_of_none: Spoken
    there: Mapping[str, There]
    named: Mapping[str, Named]

    @property
    def likely(self) -> Named:
        """All `likely` names together."""
        parts = self.named.values()
        return Named(*(sum(getattr(one, part) for one in parts) for part in Named.__slots__))


@dataclass(frozen=True, slots=True)
class Kind:
    """Patients who are alike in what they have and in what was said of them.

    Attributes:
        title: of their stories.
        there: what is there.
        said: what was said: etiologies.
        patients: each with the story that it is drawn from.
    """

    title: str
    there: tuple[str, ...]
    said: tuple[str, ...]
    patients: tuple[Signed, ...]


def counted(signed: Sequence[Signed], reports: int) -> Figures:
    """The figures of a population.

    Args:
        signed: its patients; those without an etiology who got no card may be left out.
        reports: how many reports it has in all.
    """
    with_one = [one for one in signed if one.there]
    of_none = [one for one in signed if not one.there]
    return Figures(
        spoken=_spoken(signed, reports),
        spoken_of_none=_spoken(of_none, reports - len(with_one)),
        there={name: _there([one for one in with_one if one.there[0] == name]) for name in _first_there(with_one)},
        named={name: _named(name, signed) for name in sorted({name for one in signed for name in one.likely})},
    )


def _first_there(signed: Iterable[Signed]) -> list[str]:
    return sorted({one.there[0] for one in signed})


def _spoken(signed: Iterable[Signed], reports: int) -> Spoken:
    spoken = [one for one in signed if one.speaks]
    likely, alarms = (sum(map(bool, said)) for said in ((o.likely for o in spoken), (o.alarms for o in spoken)))
    return Spoken(reports, len(spoken), likely, alarms)


def _there(signed: Sequence[Signed]) -> There:
    places = Counter(map(_place, signed))
    return There(len(signed), **{place: places[place] for place in There.__slots__ if place != "patients"})


def _place(one: Signed) -> str:
    """Where what is there stands, as `There` calls it."""
    if not one.speaks:
        return "silent"
    names = [etiology for etiology, _ in one.ranked]
    place = min((names.index(name) for name in one.right), default=-1)
    if place == 0 and names[0] in one.likely:
        return "likely_first"
    if place < 0:
        return "not_named"
    return "first_three" if place < _FIRST_NAMED else "further_down"


def _named(name: str, signed: Iterable[Signed]) -> Named:
    called = [one for one in signed if name in one.likely]
    wrong = [one for one in called if name in one.wrong]
    another = sum(bool(one.there) for one in wrong)
    return Named(len(called), len(called) - len(wrong), another, len(wrong) - another)


def called_wrongly(signed: Iterable[Signed]) -> tuple[Kind, ...]:
    """What was called likely and is not there, most frequent kind first."""
    return _kinds((one for one in signed if one.wrong), lambda one: one.wrong)


def needless(signed: Iterable[Signed]) -> tuple[Kind, ...]:
    """Cards on patients in whom none of the list is there, with all that they name."""
    return _kinds((one for one in signed if one.speaks and not one.there), _names)


def passed_over(signed: Iterable[Signed]) -> tuple[Kind, ...]:
    """Patients in whom an etiology is there that no card names, with what was named instead."""
    return _kinds((one for one in signed if one.there and not one.right), _names)


def alarmed(signed: Iterable[Signed]) -> tuple[Kind, ...]:
    """Must-not-miss alarms, right or not; `said` holds the ids of their rules."""
    return _kinds((one for one in signed if one.alarms), lambda one: one.alarms)


def _names(one: Signed) -> tuple[str, ...]:
    return tuple(etiology for etiology, _ in one.ranked)


def _kinds(signed: Iterable[Signed], said: Callable[[Signed], tuple[str, ...]]) -> tuple[Kind, ...]:
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Signed]] = {}
    for one in signed:
        found.setdefault((one.title, one.there, said(one)), []).append(one)
    kinds = (Kind(*key, tuple(alike)) for key, alike in found.items())
    return tuple(sorted(kinds, key=lambda kind: -len(kind.patients)))
