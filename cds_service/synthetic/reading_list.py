"""The reading list with real prevalence, as stories: what a musculoskeletal reading room meets, mostly nothing rare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.content.lengths import days_in
from cds_service.core.renal import ADULT_FROM, egfr
from cds_service.errors import StartError
from cds_service.synthetic.chance import Random
from cds_service.synthetic.list_files import Plain, both, read_list
from cds_service.synthetic.population import Weighted
from cds_service.synthetic.read_world import checked
from cds_service.synthetic.story import BACKGROUND, Examined, Laboratory, Single, Story, Told, Unmodelled
from cds_service.synthetic.world import CREATININE, FILTRATION_RATE, StudyTerm, Term, World

_TAUGHT = ("typical", "early", "atypical")
_YEAR = 365.25
_MEASURED = 9
"""Days before the report at which the list's labs were taken."""


class RealisticMix:
    """Stories as often as a reading list meets them.

    Args:
        stories: those that the rare etiologies are drawn from.
        folder: of the stories, for `mix.yaml`.
        listed: the reading list.

    Raises:
        ContentError: a file is not of its format.
        StartError: no story tells an etiology that the list has.
    """

    def __init__(self, stories: Sequence[Story], folder: Path, listed: Path) -> None:
        self._files = read_list(listed)
        rare = self._files.rare
        self._background = _Background(checked(folder, "mix").data, stories[0].world)
        kinds = [(self._of_kind(kind), float(kind["share"])) for kind in self._files.kinds.values()]
        self._kinds = Weighted([*kinds, (_of_stories(stories, rare["published"]), float(rare["share"]))])
        self._met: dict[tuple[str, str], Story] = {}

    def drawn(self, dice: Random) -> Story:
        """One story, by chance."""
        return self._kinds.drawn(dice)(dice)

    def _of_kind(self, kind: Plain) -> Callable[[Random], Story]:
        reports = Weighted([(report, float(report["weight"])) for report in kind["reports"]])
        charts = {report["id"]: self._files.fitting(report) for report in kind["reports"]}
        fitting = {name: Weighted([(one, float(one["share"])) for one in fit]) for name, fit in charts.items()}

        def drawn(dice: Random) -> Story:
            report = reports.drawn(dice)
            chart = fitting[report["id"]].drawn(dice)
            key = (report["id"], chart["id"])
            if key not in self._met:
                self._met[key] = self._background.story(report, chart)
            return self._met[key]

        return drawn


def _of_stories(stories: Sequence[Story], weights: Mapping[str, Any]) -> Callable[[Random], Story]:
    """The rare etiologies, each from its own stories."""
    taught: dict[str, list[Story]] = {name: [] for name in weights}
    for story in stories:
        if story.grade in _TAUGHT and not story.pair and story.etiologies[0] in taught:
            taught[story.etiologies[0]].append(story)
    untold = [name for name, told in taught.items() if not told]
    if untold:
        raise StartError(f"No story tells of {', '.join(untold)}. Add one to the folder of synthetic patients.")
    etiologies = Weighted([(taught[name], float(weight)) for name, weight in weights.items()])
    return lambda dice: dice.choice(etiologies.drawn(dice))


class _Background:
    """Makes stories of a report and a chart of the list."""

    def __init__(self, mix: Plain, world: World) -> None:
        self._mix = mix
        self._world = world
        self._since = days_in(mix["problems_since"]) or 0

    def story(self, report: Plain, chart: Plain) -> Story:
        age = float(report["age"])
        since = min(self._since, int(age * _YEAR))
        return Story(
            id=f"{report['id']}-{chart['id']}",
            grade=BACKGROUND,
            title=report["study"],
            teaching="",
            etiologies=tuple(report.get("answer", ())),
            pair="",
            hospitals=tuple(self._mix["hospitals"]),
            age=(age, age + 0.9),
            sexes=(report["sex"],),
            problems=tuple(Told(Term(text), since) for text in both("conditions", report, chart)),
            procedures=(),
            drugs=(),
            family=(),
            laboratory=self._laboratory(report, chart, age),
            examined=self._examined(report),
            older=(),
            world=self._world,
        )

    def _examined(self, report: Plain) -> Examined:
        study = report["study"]
        modality, _, site = study.partition(" ")
        term = StudyTerm(study, self._mix["modalities"][modality], site)
        return Examined(term, 0, "", {"findings": report["text"]})

    def _laboratory(self, report: Plain, chart: Plain, age: float) -> Laboratory:
        tests, said = both("labs", report, chart), both("labs_qualitative", report, chart)
        going = self._mix["charts"].get(chart["id"], self._mix["otherwise"])
        known = [(self._known(test), test) for test in tests]
        now = {lab: value for found, _ in known if found is not None for lab, value in [found]}
        states = {
            state: course for name in going["course"] for state, course in self._world.physiology.courses[name].items()
        }
        return Laboratory(
            states=states if now else {},
            follow_up=tuple(going["follow_up"]) if tests else (),
            now=self._with_rate(now, age, report["sex"]),
            with_these=(),
            measured=_MEASURED,
            singles=tuple(self._words(said)),
            unmodelled=tuple(_unmodelled(test) for found, test in known if found is None),
        )

    def _known(self, test: Plain) -> tuple[str, float] | None:
        """The lab of the vocabulary that a test of the list is, with the value in its own unit."""
        known = self._world.labs.named(test["name"])
        if known is None or known.lab not in self._world.physiology.labs:
            return None
        conversion = self._world.labs.conversion(known.lab, test["unit"])
        return None if conversion is None else (known.lab, float(Decimal(str(test["value"])) * conversion[0]))

    def _with_rate(self, now: Mapping[str, float], age: float, sex: str) -> dict[str, float | str]:
        """The filtration rate in place of the creatinine that it is told by."""
        of_formula = {model.formula: lab for lab, model in self._world.physiology.labs.items() if model.formula}
        creatinine, rate = of_formula[CREATININE], of_formula[FILTRATION_RATE]
        told: dict[str, float | str] = {lab: value for lab, value in now.items() if lab != creatinine}
        if creatinine in now and rate not in now and age >= ADULT_FROM:
            told[rate] = float(egfr(Decimal(now[creatinine]), Decimal(age), sex))
        return told

    def _words(self, said: Sequence[str]) -> Iterator[Single]:
        for text in said:
            name, _, word = text.rpartition(" ")
            known = self._world.labs.named(name)
            if known is not None and known.lab in self._world.physiology.labs:
                yield Single(known.lab, word, _MEASURED)


def _unmodelled(test: Plain) -> Unmodelled:
    low, high = (test.get(f"reference_{end}") for end in ("low", "high"))
    ends = (None if end is None else float(end) for end in (low, high))
    return Unmodelled(test["name"], float(test["value"]), test.get("unit", ""), *ends)
