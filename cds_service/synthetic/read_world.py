"""Reads what all stories share from the files beside them, with codes and factors from the laboratory vocabulary."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Source, read_source
from cds_service.core.labs import LabVocabulary
from cds_service.errors import ContentError, Problem
from cds_service.fhir.systems import HL7, LOINC, SNOMED
from cds_service.synthetic.points import points
from cds_service.synthetic.world import (
    Common,
    Effect,
    Everyday,
    Growth,
    Hospital,
    LabModel,
    Physiology,
    Sent,
    Series,
    StateModel,
    StudyTerm,
    Term,
    Terms,
    World,
)

SCHEMAS = Schemas((Path(__file__).parent / "schemas",))
_SYSTEMS = {
    "loinc": LOINC,
    "v2-0074": f"{HL7}v2-0074",
    "snomed": SNOMED,
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
}
_MATCHED = ("verified", "third-party")

Plain = Mapping[str, Any]


def read_world(folder: Path, rules: Path, labs: LabVocabulary) -> World:
    """What all stories share.

    Args:
        folder: of the stories.
        rules: the rules, for the names of the laboratory codes.
        labs: the vocabulary of those rules.

    Raises:
        ContentError: a file is not of its format, or names a lab, state or code that is not there.
    """
    physiology, hospitals, terms, everyday = (
        checked(folder, name) for name in ("physiology", "hospitals", "terms", "everyday")
    )
    names = _Codes(read_source(rules / "vocabulary" / "labs.yaml", "rules/vocabulary/labs.yaml").data)
    return World(
        physiology=_Reader(physiology, names, labs).physiology(),
        hospitals={name: _hospital(name, told) for name, told in hospitals.data["hospitals"].items()},
        terms=_terms(terms.data),
        everyday=Everyday(**{kind: tuple(map(_common, told)) for kind, told in everyday.data.items()}),
        labs=labs,
    )


def checked(folder: Path, name: str, schema: str = "") -> Source:
    """A file that its schema allows.

    Raises:
        ContentError: it cannot be read, or differs from the schema.
    """
    source = read_source(folder / f"{name}.yaml", f"{folder.name}/{name}.yaml")
    problems = SCHEMAS.problems(schema or name, source)
    if problems:
        raise ContentError(problems)
    return source


class _Codes:
    """The LOINC codes of the laboratory vocabulary with their names."""

    def __init__(self, data: Plain) -> None:
        self._of = {
            lab["id"]: [(str(c["code"]), str(c["name"])) for c in lab["codes"] if c["status"] in _MATCHED]
            for lab in data["labs"]
        }
        self.height = [(str(code["code"]), str(code["name"])) for code in data["height"]["codes"]]

    def named(self, lab: str, part: str) -> tuple[str, str] | None:
        """The first matched code of a lab whose name holds these words."""
        return next((code for code in self._of.get(lab, ()) if part in code[1]), None)


class _Reader:
    def __init__(self, source: Source, codes: _Codes, labs: LabVocabulary) -> None:
        self._source = source
        self._codes = codes
        self._labs = labs
        self._problems: list[Problem] = []

    def physiology(self) -> Physiology:
        data = self._source.data
        found = Physiology(
            years=int(data["years"]),
            states={
                name: StateModel(points(told["usual"]), float(told["person"])) for name, told in data["states"].items()
            },
            labs={name: self._lab(name, told) for name, told in data["labs"].items()},
            courses={name: self._course(name, told) for name, told in data["courses"].items()},
            follow_ups={name: self._follow_up(name, told) for name, told in data["follow_ups"].items()},
            growth=self._growth(data["height"]),
        )
        if self._problems:
            raise ContentError(self._problems)
        return found

    def _lab(self, name: str, told: Plain) -> LabModel:
        effects = []
        for effect in told.get("effects", ()):
            self._known("states", effect["of"], ("labs", name, "effects"))
            multiplies = "times" in effect
            effects.append(Effect(effect["of"], multiplies, points(effect["times" if multiplies else "adds"])))
        return LabModel(
            usual=points(told["usual"]) if "usual" in told else None,
            person=float(told.get("person", 0)),
            analytic=float(told.get("analytic", 0)),
            within=float(told.get("within", 0)),
            effects=tuple(effects),
            formula=told.get("formula", ""),
            sent={system: self._sent(name, system, how) for system, how in told["sent"].items()},
        )

    def _sent(self, lab: str, system: str, how: Plain) -> Sent:
        place = ("labs", lab, "sent", system)
        code = self._codes.named(lab, how["named"])
        if code is None:
            cure = "Use words from the name of one of its verified codes in rules/vocabulary/labs.yaml."
            self._problems.append(self._source.problem(place, f"no code of {lab} is named so.", cure))
        unit = how.get("unit", "")
        conversion = self._labs.conversion(lab, unit) if unit and lab in self._labs.labs else None
        if unit and conversion is None:
            cure = "Use a unit that rules/vocabulary/labs.yaml accepts for it."
            self._problems.append(self._source.problem(place, f"{unit} is no unit of {lab}.", cure))
        factor = float(conversion[0]) if conversion else 1.0
        return Sent(unit, how.get("shown", unit), int(how.get("decimals", 0)), factor, code or ("", ""))

    def _course(self, name: str, told: Plain) -> Mapping[str, Any]:
        for state in told:
            self._known("states", state, ("courses", name))
        return {state: points(listed) for state, listed in told.items()}

    def _follow_up(self, name: str, told: Iterable[Plain]) -> tuple[Series, ...]:
        found = []
        for series in told:
            for lab in series["tests"]:
                self._known("labs", lab, ("follow_ups", name))
            spread, missed = int(series["spread"]), float(series["missed"])
            found.append(Series(tuple(series["tests"]), int(series["every"]), spread, missed))
        return tuple(found)

    def _growth(self, told: Plain) -> Growth:
        until, within = float(told["until_age"]), int(told["within_days"])
        return Growth(points(told["usual"]), float(told["person"]), until, within, self._codes.height[0])

    def _known(self, section: str, name: str, place: tuple[str, ...]) -> None:
        if name not in self._source.data[section]:
            self._problems.append(self._source.problem(place, f"{name} is none of the {section}.", "Correct the name."))


def _hospital(name: str, told: Plain) -> Hospital:
    return Hospital(
        id=name,
        country=told["country"],
        system=told["system"],
        ranges=told["ranges"],
        zone=told["zone"],
        beyond={lab: float(limit) for lab, limit in told["beyond"].items()},
        cancelled=float(told["cancelled"]),
        preliminary=float(told["preliminary"]),
        dates=told["dates"],
        headings=told["headings"],
    )


def _terms(data: Plain) -> Terms:
    def listed(section: str) -> dict[str, Term]:
        return {name: _term(told) for name, told in data[section].items()}

    return Terms(
        problems=listed("problems"),
        procedures=listed("procedures"),
        drugs=listed("drugs"),
        relatives={name: (code, display) for name, (code, display) in data["relatives"].items()},
        studies={name: StudyTerm(**told) for name, told in data["studies"].items()},
        report_code=tuple(data["report_code"]),
        report_categories=tuple(_category(told) for told in data["report_categories"]),
        order_categories=tuple(_category(told) for told in data["order_categories"]),
        mark=tuple(data["mark"]),
        names={kind: tuple(names) for kind, names in data["names"].items()},
    )


def _category(told: Sequence[str]) -> tuple[str, str, str]:
    """System, code and display."""
    system, code, display = told
    return _SYSTEMS[system], code, display


def _term(told: Plain) -> Term:
    codings = tuple((_SYSTEMS[key], str(told[key][0]), str(told[key][1])) for key in _SYSTEMS if key in told)
    return Term(told["text"], codings)


def _common(told: Plain) -> Common:
    return Common(_term(told), (float(told["from"]), float(told.get("until", math.inf))), told.get("sex", ""))
