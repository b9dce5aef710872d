"""Reads `rules/vocabulary/` into the values that the reading of charts and reports is made from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cds_service.content.conditions import ConditionReader, KnownWords
from cds_service.content.schemas import Schemas
from cds_service.content.vocabulary_chart import history_vocabulary, lab_vocabulary
from cds_service.content.vocabulary_reports import report_kinds
from cds_service.content.vocabulary_text import text_vocabulary
from cds_service.content.yaml_source import Source, read_source
from cds_service.core.facts import HistoryFact
from cds_service.core.findings import ReportReader, TextVocabulary, read_history_text
from cds_service.core.history import HistoryVocabulary
from cds_service.core.labels import Labels, LabOrder
from cds_service.core.labs import LabVocabulary
from cds_service.core.report_kinds import ReportKinds
from cds_service.core.rules import Pattern
from cds_service.core.statements import Attributes
from cds_service.errors import ContentError, Problem

KINDS = ("labs", "history", "findings", "cues", "sections", "reports")


@dataclass(frozen=True)
class Vocabulary:
    """Everything that is made from `rules/vocabulary/`."""

    labs: LabVocabulary
    history: HistoryVocabulary
    reader: ReportReader
    labels: Labels
    known: KnownWords
    patterns: tuple[Pattern, ...]
    reports: ReportKinds

    def read_history(self, text: str, resource: str) -> tuple[HistoryFact, ...]:
        """What a text of the chart says of the history."""
        return read_history_text(text, resource, self.reader)


def read_vocabulary(rules_dir: Path, schemas: Schemas) -> Vocabulary:
    """Reads all vocabulary files.

    Raises:
        ContentError: with the problems of all of them; rules cannot be judged without the vocabulary.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for kind in KINDS:
        name = f"rules/vocabulary/{kind}.yaml"
        try:
            sources[kind] = read_source(rules_dir / "vocabulary" / f"{kind}.yaml", name)
        except ContentError as error:
            problems += error.problems
            continue
        problems += schemas.problems(kind, sources[kind])
    units = _units(rules_dir / "vocabulary" / "units.json", problems)
    if problems:
        raise ContentError(problems)
    return _made_from(sources, units)


def _units(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        units: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        cure = "Run `make content` to compute it again."
        problems.append(Problem("rules/vocabulary/units.json", 1, "(file)", f"cannot be read ({error}).", cure))
        return {}
    return units


def _made_from(sources: Mapping[str, Source], units: Mapping[str, Any]) -> Vocabulary:
    data = {kind: source.data for kind, source in sources.items()}
    labs = lab_vocabulary(data["labs"], dict(units))
    history = history_vocabulary(data["history"])
    text = text_vocabulary(data["findings"], data["cues"], data["sections"], data["history"])
    findings = _findings_of(text)
    labels = Labels(
        labs={lab.id: lab.short for lab in labs.labs.values()},
        units={lab.id: readable_unit(lab.unit) for lab in labs.labs.values()},
        history={entry.id: entry.label for entry in history.entries.values()},
        findings={finding: finding.replace("-", " ") for finding in findings},
        sites=text.region_labels,
        orders={
            lab.id: LabOrder(lab.id, lab.orderable.name, lab.orderable.loinc, lab.orderable.display)
            for lab in labs.labs.values()
            if lab.orderable is not None
        },
        attributes=Attributes(*(frozenset(data["findings"]["attributes"][kind]) for kind in Attributes._fields)),
    )
    known = KnownWords(
        findings=findings,
        sites=text.region_labels.keys(),
        history=history.entries.keys(),
        labs=labs.labs.keys(),
        convert=labs.conversion,
        trends={lab.id: lab.trend for lab in labs.labs.values() if lab.trend is not None},
    )
    patterns = _patterns(sources["labs"], known)
    whole = replace(known, patterns={pattern.id: pattern.when for pattern in patterns})
    return Vocabulary(labs, history, ReportReader(text), labels, whole, patterns, report_kinds(data["reports"]))


def _patterns(source: Source, known: KnownWords) -> tuple[Pattern, ...]:
    """The patterns of several labs that `labs.yaml` names.

    Raises:
        ContentError: a condition cannot be read.
    """
    reader = ConditionReader(source, known)
    found = tuple(
        Pattern(str(entry["id"]), str(entry["label"]), reader.read(entry["when"], ("patterns", place, "when")))
        for place, entry in enumerate(source.data["patterns"])
    )
    if reader.problems:
        raise ContentError(reader.problems)
    return found


def _findings_of(text: TextVocabulary) -> frozenset[str]:
    """Every finding that reading a report can state."""
    found = {
        text.beside_joint,
        *text.patient_findings,
        *text.in_several_lesions,
        *text.on_both_sides,
        *text.codes.values(),
    }
    for tissue in text.tissues:
        found.update(finding for made in tissue.makes.values() for finding in made)
    for _, sign in text.sign_forms:
        found.update((*sign.findings, *filter(None, [sign.denied_means])))
    found.update(mineral.finding for _, mineral in text.mineral_forms if mineral.finding)
    return frozenset(found)


def readable_unit(unit: str) -> str:
    """A UCUM unit as a person reads it: "mL/min/{1.73_m2}" is "mL/min/1.73 m2"."""
    return unit.translate({ord("{"): None, ord("}"): None, ord("_"): " "})
