"""Loads the stories of a folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.content.lengths import days_in
from cds_service.content.load import Content
from cds_service.content.yaml_source import Source
from cds_service.errors import ContentError, Problem
from cds_service.synthetic.points import points
from cds_service.synthetic.read_world import checked, read_world
from cds_service.synthetic.story import Examined, Laboratory, Relative, Single, Story, Told
from cds_service.synthetic.world import Term, World

WORLD_FILES = ("physiology", "hospitals", "terms", "everyday", "mix", "tour")
"""The files of the folder that hold no stories."""
_MEASURED = "6 days"
"""When the newest results were taken, unless a story says otherwise."""

Plain = Mapping[str, Any]


def load_stories(folder: Path, rules: Path, content: Content) -> tuple[Story, ...]:
    """All stories of a folder, in the order of the files' names.

    Args:
        folder: as `fixtures/patients`.
        rules: the folder of the rules.
        content: what was loaded from them.

    Raises:
        ContentError: a file is not of its format, an id stands twice, or a name is not known.
    """
    world = read_world(folder, rules, content.labs)
    names = sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in WORLD_FILES)
    reader = _Reader(world, frozenset(content.engine.rules.etiologies))
    for name in names:
        reader.read(checked(folder, name, "story"))
    if reader.problems:
        raise ContentError(reader.problems)
    return tuple(reader.stories)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file something stands."""

    source: Source
    path: tuple[str | int, ...]

    def problem(self, problem: str, cure: str) -> Problem:
        return self.source.problem(self.path, problem, cure)


class _Reader:
    def __init__(self, world: World, etiologies: frozenset[str]) -> None:
        self.stories: list[Story] = []
        self.problems: list[Problem] = []
        self._world = world
        self._etiologies = etiologies
        self._ids: set[str] = set()

    def read(self, source: Source) -> None:
        """Take the stories of a file."""
        own = source.data.get("etiology")
        for place, told, pair in _told(source):
            with_own = {"etiologies": [own] if own else [], **told}
            if told["id"] in self._ids:
                self.problems.append(place.problem(f"{told['id']} is the id of another story.", "Give it its own."))
            self._ids.add(told["id"])
            unknown = [*self._unknown(with_own)]
            self.problems += [place.problem(f"{what} is not known.", "Correct the name.") for what in unknown]
            if not unknown:
                self.stories.append(_story(with_own, pair, self._world))

    def _unknown(self, told: Plain) -> Iterator[str]:
        """Names that stand nowhere."""
        world, terms = self._world, self._world.terms
        physiology = world.physiology
        labs = [
            *told.get("now", ()),
            *told.get("with_these", ()),
            *(result["lab"] for result in told.get("results", ())),
        ]
        studies = [told["study"]["is"], *(older["is"] for older in told.get("older", ()))]
        family = told.get("family", ())
        asked: list[tuple[Sequence[str], Any]] = [
            (told["etiologies"], self._etiologies),
            (told["hospital"], world.hospitals),
            (told.get("course", ()), physiology.courses),
            (list(told.get("states", ())), physiology.states),
            (told.get("follow_up", ()), physiology.follow_ups),
            (labs, physiology.labs),
            (studies, terms.studies),
            ([relative["relative"] for relative in family], terms.relatives),
            (_named([*told.get("problems", ()), *family]), terms.problems),
            (_named(told.get("procedures", ())), terms.procedures),
            (_named(told.get("medications", ())), terms.drugs),
        ]
        for names, known in asked:
            yield from (name for name in names if name not in known)


def _named(entries: Sequence[Plain]) -> list[str]:
    return [entry["is"] for entry in entries if "is" in entry]


def _told(source: Source) -> Iterator[tuple[_Place, Plain, str]]:
    """Each story of a file with where it stands, and its pair's name."""
    for number, told in enumerate(source.data.get("stories", ())):
        yield _Place(source, ("stories", number)), told, ""
    for number, pair in enumerate(source.data.get("pairs", ())):
        yield _Place(source, ("pairs", number, "story")), pair["story"], pair["pair"]
        yield _Place(source, ("pairs", number, "with")), {**pair["story"], **pair["with"]}, pair["pair"]


def _story(told: Plain, pair: str, world: World) -> Story:
    terms = world.terms
    return Story(
        id=told["id"],
        grade=told["grade"],
        title=told["title"],
        teaching=told["teaching"],
        etiologies=tuple(told["etiologies"]),
        pair=pair,
        hospitals=tuple(told["hospital"]),
        age=(float(told["age"][0]), float(told["age"][1])),
        sexes=tuple(told["sex"]),
        problems=_entries(told.get("problems", ()), terms.problems),
        procedures=_entries(told.get("procedures", ()), terms.procedures),
        drugs=_entries(told.get("medications", ()), terms.drugs),
        family=tuple(
            Relative(terms.relatives[each["relative"]], _term(each, terms.problems)) for each in told.get("family", ())
        ),
        laboratory=_laboratory(told, world),
        examined=_examined({**told["study"], "report": told["report"]}, world),
        older=tuple(_examined(each, world) for each in told.get("older", ())),
        world=world,
    )


def _laboratory(told: Plain, world: World) -> Laboratory:
    states: dict[str, Any] = {}
    for course in told.get("course", ()):
        states |= world.physiology.courses[course]
    states |= {name: points(listed) for name, listed in told.get("states", {}).items()}
    return Laboratory(
        states=states,
        follow_up=tuple(told.get("follow_up", ())),
        now={lab: _value(value) for lab, value in told.get("now", {}).items()},
        with_these=tuple(told.get("with_these", ())),
        measured=_days(told.get("measured", _MEASURED)),
        singles=tuple(
            Single(each["lab"], _value(each["value"]), _days(each["ago"])) for each in told.get("results", ())
        ),
    )


def _examined(told: Plain, world: World) -> Examined:
    ago = _days(told["ago"]) if "ago" in told else 0
    return Examined(world.terms.studies[told["is"]], ago, told.get("reason", ""), told["report"])


def _entries(told: Sequence[Plain], terms: Mapping[str, Term]) -> tuple[Told, ...]:
    return tuple(
        Told(
            term=_term(each, terms),
            since=_days(each["since"]),
            until=_days(each["until"]) if "until" in each else None,
            reported=bool(each.get("reported")),
        )
        for each in told
    )


def _term(told: Plain, terms: Mapping[str, Term]) -> Term:
    term = terms[told["is"]] if "is" in told else Term("")
    return Term(told.get("text", term.text), term.codings)


def _value(value: Any) -> float | str:
    return value if isinstance(value, str) else float(value)


def _days(length: str) -> int:
    return days_in(length) or 0
