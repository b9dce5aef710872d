"""A child's heights, for the renal function: which Observations tell them, and the one that fits a creatinine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cds_service.core.facts import SetAside
from cds_service.core.lab_words import NameWords, folded_unit
from cds_service.core.labs import Height
from cds_service.fhir.dates import UnreadableDateError, first_moment
from cds_service.fhir.numbers import Unusable, decimal_of
from cds_service.fhir.observations import DATES, LOINC_SYSTEMS, why_not
from cds_service.fhir.resources import Held, codings, concept_text, resource_name
from cds_service.fhir.subject import Identity


@dataclass(frozen=True, slots=True)
class Measure:
    """One height: in centimetres, and whole days before the call."""

    centimetres: Decimal
    age_days: int


@dataclass(frozen=True, slots=True)
class Heights:
    """The heights of a call's patient, what was set aside, and the terms on which a height serves."""

    measures: Sequence[Measure]
    set_aside: Sequence[SetAside]
    terms: Height

    def near(self, age_days: int | None) -> Measure | None:
        """The height that was taken closest to a sample, if close enough."""
        if age_days is None:
            return None
        apart = [(abs(measure.age_days - age_days), measure.age_days, measure) for measure in self.measures]
        nearest = min(apart, default=None, key=lambda found: found[:2])
        return nearest[2] if nearest is not None and nearest[0] <= self.terms.within_days else None


def read_heights(
    observations: Iterator[Held], terms: Height, names: NameWords, identity: Identity, as_of: datetime
) -> Heights:
    """Reads every height; what cannot be used is set aside with the reason."""
    found, set_aside = [], []
    for held in observations:
        if not is_height(held.resource.get("code"), terms, names):
            continue
        try:
            found.append(_measure(held, terms, identity, as_of))
        except Unusable as error:
            set_aside.append(SetAside(resource_name(held.resource), f"height: {error}"))
    return Heights(tuple(found), tuple(set_aside), terms)


def is_height(code: object, terms: Height, names: NameWords) -> bool:
    """Whether a code stands for the patient's height: LOINC decides; without it the name does."""
    listed = codings(code)
    loincs = [value for system, value, _ in listed if system.rstrip("/") in LOINC_SYSTEMS]
    if loincs:
        return any(value in terms.loincs for value in loincs)
    return any(
        names.key(text) in terms.names for text in (concept_text(code), *(name for _, _, name in listed)) if text
    )


def _measure(held: Held, terms: Height, identity: Identity, as_of: datetime) -> Measure:
    observation = held.resource
    status = observation.get("status")
    reason = why_not(held, status if isinstance(status, str) else "", identity)
    if reason:
        raise Unusable(reason)
    try:
        moment = first_moment(observation, *DATES)
    except UnreadableDateError:
        raise Unusable("its date cannot be read") from None
    if moment is None or moment.is_ahead_of(as_of):
        raise Unusable("it has no date" if moment is None else "it is dated in the future")
    centimetres = _centimetres(observation.get("valueQuantity"), terms)
    if not terms.plausible[0] <= centimetres <= terms.plausible[1]:
        raise Unusable("no patient has such a value in this unit; the unit may be wrong")
    return Measure(centimetres, moment.age_days(as_of))


def _centimetres(quantity: Any, terms: Height) -> Decimal:
    if not isinstance(quantity, Mapping) or quantity.get("value") is None:
        raise Unusable("it has no value")
    if quantity.get("comparator"):
        raise Unusable("the comparator is not understood")
    for unit in (quantity.get("code"), quantity.get("unit")):
        factor = terms.factors.get(folded_unit(unit)) if isinstance(unit, str) else None
        if factor is not None:
            return decimal_of(quantity["value"]) * factor
    raise Unusable("the unit is not understood")
