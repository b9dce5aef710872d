"""When blood is taken, and what the laboratory sends of it: noise, units, ranges, comparators, cancelled results."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cds_service.core.facts import Patient, ReferenceRange
from cds_service.core.labs import LabVocabulary
from cds_service.fhir.systems import HL7, LOINC, UCUM
from cds_service.synthetic.body import Body
from cds_service.synthetic.chance import Random
from cds_service.synthetic.resources import Json, Sheet, coded, coding
from cds_service.synthetic.story import Laboratory, Unmodelled
from cds_service.synthetic.world import CREATININE, FILTRATION_RATE, LabModel, Physiology, Sent, Series

_YEAR = 365.25
_HIGH, _LOW = ("H", "High"), ("L", "Low")
_CATEGORY = [coded(f"{HL7}observation-category", "laboratory", "Laboratory")]
_INTERPRETATION = f"{HL7}v3-ObservationInterpretation"
_EARLIEST, _LATEST = 7, 10
"""The hours in which blood is taken."""


class Blood:
    """The laboratory results of one patient.

    Args:
        sheet: makes the resources.
        body: what is so.
        age: in years, on the day of the report.
    """

    def __init__(
        self, sheet: Sheet, physiology: Physiology, labs: LabVocabulary, body: Body, age: float, sex: str, dice: Random
    ) -> None:
        self._sheet = sheet
        self._physiology = physiology
        self._labs = labs
        self._body = body
        self._age = age
        self._sex = sex
        self._dice = dice
        self._count = 0
        self._ranges: dict[tuple[str, int], Json] = {}

    def results(self, laboratory: Laboratory) -> Iterator[Json]:
        """All Observations, the oldest first within each series.

        The newest are drawn first: whatever is told of the past, it does not change them.
        """
        newest = tuple(self._work_up(laboratory))
        for follow_up in laboratory.follow_up:
            for series in self._physiology.follow_ups[follow_up]:
                yield from self._course(series, laboratory.measured)
        for single in laboratory.singles:
            yield self._told(single.lab, single.value, *self._visit(single.ago))
        yield from newest

    def _course(self, series: Series, after: int) -> Iterator[Json]:
        """The visits of a series, from where the record begins, or from birth, up to shortly before the newest results.

        The first one is not missed.
        """
        born = int(self._age * _YEAR)
        first = min(self._physiology.years * 365, born) - self._dice.randint(0, series.spread)
        for ago in range(first, after + series.spread, -series.every):
            day = max(ago + self._dice.randint(-series.spread, series.spread), after + 1)
            if ago == first or self._dice.random() >= series.missed:
                yield from self._taken(series.tests, *self._visit(min(day, born)))

    def _work_up(self, laboratory: Laboratory) -> Iterator[Json]:
        """The newest results, as told."""
        visit = self._visit(laboratory.measured)
        numbers = [lab for lab, value in laboratory.now.items() if not isinstance(value, str)]
        rates = [lab for lab in numbers if self._physiology.labs[lab].formula == FILTRATION_RATE]
        creatinine = [name for name, lab in self._physiology.labs.items() if rates and lab.formula == CREATININE]
        tests = dict.fromkeys((*creatinine, *numbers, *laboratory.with_these))
        yield from self._taken(tuple(tests), *visit, as_told=True)
        for lab, value in laboratory.now.items():
            if isinstance(value, str):
                yield self._told(lab, value, *visit)
        for test in laboratory.unmodelled:
            yield self._unmodelled(test, visit[1])

    def _visit(self, ago: int) -> tuple[int, str]:
        hour, minute = self._dice.randint(_EARLIEST, _LATEST), self._dice.randrange(60)
        return ago, self._sheet.moment(ago, hour, minute)

    def _taken(self, tests: Sequence[str], ago: int, moment: str, as_told: bool = False) -> Iterator[Json]:
        """The results of one sample. `as_told`: only the method's own noise, and nothing goes wrong."""
        years = -ago / _YEAR
        creatinine: float | None = None
        for lab in tests:
            model = self._physiology.labs[lab]
            if model.formula == FILTRATION_RATE:
                if creatinine is None or self._age + years < 1:
                    continue
                value = self._body.filtration_rate(creatinine, years)
            else:
                value = self._body.level(lab, years) * self._noise(model, as_told)
            sent = self._sent(model, years)
            rounded = round(value / sent.factor, sent.decimals)
            if model.formula == CREATININE:
                creatinine = rounded * sent.factor
            yield self._observation(lab, sent, rounded, years, moment, as_told)

    def _noise(self, model: LabModel, as_told: bool) -> float:
        variation = model.analytic if as_told else math.hypot(model.analytic, model.within)
        return math.exp(self._dice.gauss(0, variation))

    def _sent(self, model: LabModel, years: float) -> Sent:
        children = model.sent.get("children")
        if children is not None and self._age + years < self._physiology.growth.until_age:
            return children
        return model.sent.get(self._sheet.hospital.system) or model.sent["conventional"]

    def _told(self, lab: str, value: float | str, ago: int, moment: str) -> Json:
        """A result given as it is."""
        sent = self._sent(self._physiology.labs[lab], -ago / _YEAR)
        if not isinstance(value, str):
            return self._observation(lab, sent, round(value / sent.factor, sent.decimals), -ago / _YEAR, moment, True)
        fields = {"status": "final", "code": _test(sent), "effectiveDateTime": moment, "valueString": value}
        return self._result(fields)

    def _observation(self, lab: str, sent: Sent, value: float, years: float, moment: str, as_told: bool) -> Json:
        fields: Json = {"status": self._status(as_told), "code": _test(sent), "effectiveDateTime": moment}
        if fields["status"] == "cancelled":
            absent = coded(f"{HL7}data-absent-reason", "not-performed", "Not Performed")
            return self._result({**fields, "dataAbsentReason": absent})
        limit = self._sheet.hospital.beyond.get(lab)
        shown: float = int(value) if sent.decimals == 0 else value
        quantity = {"value": shown, "unit": sent.shown, "system": UCUM, "code": sent.unit}
        if limit is not None and value * sent.factor > limit:
            quantity |= {"value": _plain(round(limit / sent.factor, sent.decimals)), "comparator": ">"}
        fields["valueQuantity"] = quantity
        if self._sheet.hospital.ranges:
            fields |= self._judged(lab, sent, value, years)
        return self._result(fields)

    def _status(self, as_told: bool) -> str:
        drawn = self._dice.random()
        hospital = self._sheet.hospital
        if as_told or drawn >= hospital.cancelled + hospital.preliminary:
            return "final"
        return "cancelled" if drawn < hospital.cancelled else "preliminary"

    def _judged(self, lab: str, sent: Sent, value: float, years: float) -> Json:
        """The reference range as sent, and the flag by it."""
        printed = self._range(lab, sent, years)
        if not printed:
            return {}
        flag = _flag(value, printed)
        flagged = {"interpretation": [coded(_INTERPRETATION, *flag)]} if flag else {}
        return {**flagged, "referenceRange": [printed]}

    def _range(self, lab: str, sent: Sent, years: float) -> Json:
        key = (lab, int(self._age + years))
        if key not in self._ranges:
            patient = Patient(Decimal(max(0.0, self._age + years)), self._sex)
            limits = self._labs.labs[lab].range_for(patient)
            self._ranges[key] = _printed(limits, sent) if limits is not None else {}
        return self._ranges[key]

    def _unmodelled(self, test: Unmodelled, moment: str) -> Json:
        ends = {"low": test.low, "high": test.high}
        limits = {end: {"value": value, "unit": test.unit} for end, value in ends.items() if value is not None}
        fields: Json = {
            "status": "final",
            "code": {"text": test.name},
            "effectiveDateTime": moment,
            "valueQuantity": {"value": test.value, "unit": test.unit},
        }
        return self._result({**fields, **({"referenceRange": [limits]} if limits else {})})

    def _result(self, fields: Mapping[str, object]) -> Json:
        self._count += 1
        held = {"category": _CATEGORY, "subject": self._sheet.subject, **fields}
        return self._sheet.resource("Observation", f"lab-{self._count}", held)


def _test(sent: Sent) -> Json:
    code, name = sent.loinc
    return {"coding": [coding(LOINC, code, name)], "text": name.partition(" [")[0]}


def _flag(value: float, printed: Json) -> tuple[str, str] | None:
    """The flag of a value, by the range that stands beside it."""
    if "high" in printed and value > printed["high"]["value"]:
        return _HIGH
    return _LOW if "low" in printed and value < printed["low"]["value"] else None


def _printed(limits: ReferenceRange, sent: Sent) -> Json:
    ends = {"low": limits.low, "high": limits.high}
    return {
        end: {
            "value": _plain(round(float(value) / sent.factor, sent.decimals)),
            "unit": sent.shown,
            "system": UCUM,
            "code": sent.unit,
        }
        for end, value in ends.items()
        if value is not None
    }


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value
