"""The facts of a case: what a clinician wrote down in a few words, as the engine takes it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from cds_service.content.load import Content
from cds_service.content.yaml_source import Path_, Source
from cds_service.core.facts import (
    EarlierResult,
    Facts,
    Finding,
    HistoryFact,
    LabResult,
    Lesion,
    Missing,
    Patient,
    Reading,
    Span,
    State,
)
from cds_service.core.findings import read_report
from cds_service.core.history import LISTS, merged
from cds_service.core.quantity import Interval
from cds_service.errors import Problem

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
"""All cases are judged at this moment, so that dates in them stay what they are."""

_VALUE = re.compile(r"([<>]?)([0-9]+(?:\.[0-9]+)?)(?: (.+))?\Z")
_AGO = re.compile(r"([0-9]+) days ago\Z")
_STATES = {"-": State.DENIED, "?": State.UNCERTAIN}


@dataclass
class FactsOfCase:
    """Builds facts from a case, collecting what cannot be read."""

    content: Content
    source: Source
    path: Path_
    problems: list[Problem] = field(default_factory=list)

    def build(self, data: Mapping[str, Any]) -> Facts:
        """The facts that a case gives; what cannot be read stands in `problems`."""
        age = data.get("age")
        patient = Patient(None if age is None else Decimal(age), data.get("sex"))
        labs = [
            self._lab(name, text, patient, data.get("lab_age_days", 1)) for name, text in data.get("labs", {}).items()
        ]
        earlier = data.get("earlier_labs", {})
        results = {
            result.lab: replace(result, series=self._earlier(result.lab, earlier.get(result.lab, ())))
            for result in labs
            if result is not None
        }
        history = [self._history(entry) for entry in data.get("history", [])]
        reading = self._reading(data)
        return Facts(
            as_of=AS_OF,
            patient=patient,
            labs=results,
            missing_labs={lab: Missing.NOT_PROVIDED for lab in self.content.labs.labs if lab not in results},
            history=merged((*history, *reading.history)),
            history_lists=frozenset() if data.get("no_history_read") else frozenset(LISTS),
            lesions=reading.lesions,
            findings=reading.findings,
            set_aside=reading.set_aside,
        )

    def _reading(self, data: Mapping[str, Any]) -> Reading:
        """What the report says: its text as the service reads it, or the lesions and findings that the case lists."""
        if "report" in data:
            return read_report(data["report"], self.content.reader)
        lesions = tuple(self._lesion(lesion, place) for place, lesion in enumerate(data.get("lesions", [])))
        findings = {finding.concept: finding for finding in map(self._finding, data.get("findings", []))}
        return Reading(lesions, findings, (), ())

    def _refuse(self, problem: str, cure: str) -> None:
        self.problems.append(self.source.problem(self.path, problem, cure))

    def _lab(self, name: str, text: str, patient: Patient, age_days: int) -> LabResult | None:
        known = self.content.labs.labs.get(name)
        if known is None:
            self._refuse(f"names the lab {name!r}, which is not known.", "Use an id of rules/vocabulary/labs.yaml.")
            return None
        limits = known.range_for(patient)
        day = (AS_OF - timedelta(days=age_days)).date().isoformat()
        if _VALUE.match(text) is None:
            return LabResult(name, None, text, limits, text, "", day, age_days, "case")
        value = self._value(name, text)
        return None if value is None else LabResult(name, value, None, limits, text, "", day, age_days, "case")

    def _value(self, lab: str, text: str) -> Interval | None:
        """What "<5 mg/dL" or "7.4 mmol/L" allows, in the lab's unit."""
        match = _VALUE.match(text)
        if match is None:
            return None
        comparator, digits, unit = match.groups()
        conversion = self.content.labs.conversion(lab, unit or self.content.labs.labs[lab].unit)
        if conversion is None:
            self._refuse(f"gives {lab} in {unit!r}, which it has not.", "Use a unit that labs.yaml lists for it.")
            return None
        value = Interval.exactly(Decimal(digits)).scaled(*conversion)
        if comparator == "<":
            return Interval(None, value.high, high_open=True)
        return Interval(value.low, None, low_open=True) if comparator == ">" else value

    def _earlier(self, lab: str, listed: Iterable[str]) -> tuple[EarlierResult, ...]:
        """Earlier results as a case gives them, each "27 mL/min/{1.73_m2}, 120 days ago", newest first."""
        found = []
        for text in listed:
            told, _, ago = text.rpartition(", ")
            days = _AGO.match(ago)
            value = None if days is None else self._value(lab, told)
            if days is None or value is None:
                self._refuse(f"gives an earlier {lab} as {text!r}.", "Write it as '27 mg/dL, 120 days ago'.")
                continue
            age = int(days[1])
            found.append(EarlierResult((AS_OF - timedelta(days=age)).date().isoformat(), age, value))
        return tuple(sorted(found, key=lambda point: point.age_days))

    def _history(self, entry: str | Mapping[str, str]) -> HistoryFact:
        stated, onset = (entry, "") if isinstance(entry, str) else next(iter(entry.items()))
        concept = stated.lstrip("-?")
        if concept not in self.content.history.entries:
            self._refuse(
                f"names the history {concept!r}, which is not known.", "Use an id of rules/vocabulary/history.yaml."
            )
        age_days = (AS_OF - datetime.fromisoformat(onset).replace(tzinfo=UTC)).days if onset else None
        return HistoryFact(concept, _STATES.get(stated[0], State.PRESENT), concept, "case", onset, age_days)

    def _finding(self, stated: str) -> Finding:
        concept = stated.lstrip("-?")
        if concept not in self.content.vocabulary.known.findings:
            self._refuse(
                f"names the finding {concept!r}, which is not known.", "Use an id of rules/vocabulary/findings.yaml."
            )
        return Finding(concept, _STATES.get(stated[0], State.PRESENT), (Span(0, 0, concept, "case"),))

    def _lesion(self, data: Mapping[str, Any], place: int) -> Lesion:
        site = data.get("site")
        if site is not None and site not in self.content.vocabulary.known.sites:
            self._refuse(
                f"names the site {site!r}, which is not known.", "Use a site of rules/vocabulary/findings.yaml."
            )
        size = data.get("size_mm")
        findings = {finding.concept: finding for finding in map(self._finding, data.get("findings", []))}
        label = site or self.content.words.common.say("site_not_stated")
        return Lesion(f"{label}:{place}", label, site, None if size is None else Decimal(size), findings)
