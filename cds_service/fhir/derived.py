"""Results that follow from others: an eGFR from creatinine, and calcium's word from ionised or corrected calcium."""

from collections.abc import Mapping
from dataclasses import replace

from cds_service.core.facts import LabResult, Patient
from cds_service.core.labs import LabVocabulary, level
from cds_service.core.renal import FORMULA, egfr_interval

CREATININE, FILTRATION = "creatinine", "egfr"


def filtration(
    reported: LabResult | None, creatinine: LabResult | None, patient: Patient, vocabulary: LabVocabulary
) -> LabResult | None:
    """The reported eGFR where it is recent, else one computed from a newer creatinine, age and sex, if possible.

    `creatinine` is one that may serve this purpose: not taken after dialysis.
    """
    newest = vocabulary.newest_egfr_days
    if reported is not None and (reported.age_days is None or reported.age_days <= newest):
        return reported
    if creatinine is None or (reported is not None and not _is_newer(creatinine, reported)):
        return reported
    return _computed(creatinine, patient, vocabulary) or reported


def _is_newer(one: LabResult, other: LabResult) -> bool:
    return one.age_days is not None and other.age_days is not None and one.age_days < other.age_days


def _computed(creatinine: LabResult, patient: Patient, vocabulary: LabVocabulary) -> LabResult | None:
    lab = vocabulary.labs[FILTRATION]
    if creatinine.value is None or patient.age_years is None:
        return None
    value = egfr_interval(creatinine.value, patient.age_years, patient.sex)
    if value is None:
        return None
    basis = f"{FORMULA} from creatinine {creatinine.sent}, age {int(patient.age_years)}, {patient.sex or 'either sex'}"
    rounded = value.scaled(lab.factors[lab.id][lab.unit], lab.decimals)
    limits = lab.range_for(patient)
    return replace(creatinine, lab=lab.id, value=rounded, word=None, range=limits, sent="computed", conversion=basis)


def lent_words(labs: Mapping[str, LabResult], vocabulary: LabVocabulary) -> dict[str, LabResult]:
    """Results whose "high", "low" or "normal" another lab decides; numbers stay with the lab that was measured.

    A result that gets its word so has no reference range of its own, since that would speak against the word.
    """
    found: dict[str, LabResult] = {}
    for lab in vocabulary.labs.values():
        link, result = lab.answers_for, labs.get(lab.id)
        if link is None or result is None or link.lab in found:
            continue
        word, held = _word(result), labs.get(link.lab)
        decides = link.overrides and held is not None and _is_no_older(result, held, link.within_days)
        if word is None or (held is not None and not decides):
            continue
        by = f"high, low or normal by {lab.short} {result.sent}"
        if held is None:
            found[link.lab] = replace(result, lab=link.lab, value=None, word=word, range=None, conversion=by)
        else:
            note = f"{held.conversion}; {by}" if held.conversion else by
            found[link.lab] = replace(held, word=word, range=None, conversion=note)
    return found


def _word(result: LabResult) -> str | None:
    if result.value is not None and result.range is not None:
        return level(result.value, result.range)
    return result.word


def _is_no_older(one: LabResult, other: LabResult, days: int) -> bool:
    return one.age_days is None or other.age_days is None or one.age_days - other.age_days <= days
