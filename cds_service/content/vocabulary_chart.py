"""Turns `rules/vocabulary/labs.yaml`, `units.json` and `history.yaml`, parsed to plain data, into core values.

The data has passed its schema; what a schema cannot see (two labs with one code, a unit without a factor) is complained
of here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cds_service.content.lengths import days_in
from cds_service.core.course import TrendTerms
from cds_service.core.facts import ReferenceRange
from cds_service.core.history import HistoryEntry, HistoryVocabulary
from cds_service.core.lab_words import LabKind, NameWords, ResultWords, folded_unit, plain_words
from cds_service.core.labs import AnswersFor, Height, Known, Lab, LabVocabulary, Orderable, Panel, RangeBand
from cds_service.errors import ContentError, Problem

LABS_FILE, UNITS_FILE = "rules/vocabulary/labs.yaml", "rules/vocabulary/units.json"
UNVERIFIED = "unverified"

_REBUILD = "Run `make content`, which computes the factors anew."
_WHOLE_CODES, _PREFIXES = ("snomed", "rxnorm"), ("icd10cm", "atc")

Plain = Mapping[str, Any]


def lab_vocabulary(labs: Plain, units: Plain) -> LabVocabulary:
    """The labs as core values.

    Args:
        labs: `labs.yaml` as plain data; numbers may be numbers or their text.
        units: `units.json` as plain data.

    Raises:
        ContentError: a code or a name stands for two labs, or a factor is missing.
    """
    entries: list[Plain] = labs["labs"]
    names = NameWords(*(frozenset(map(str, labs[key])) for key in ("name_fillers", "other_specimens", "qualifiers")))
    displays = {str(code["code"]): str(code["name"]) for entry in entries for code in entry["codes"]}
    coded = [(str(entry["id"]), code) for entry in entries for code in entry["codes"]]
    problems = [*_missing_factors(entries, units)]
    by_code = _unique(_codes(entries), "codes", problems)
    by_name = _unique(_names(entries, names), "names", problems)
    if problems:
        raise ContentError(problems)
    return LabVocabulary(
        labs={str(entry["id"]): _lab(entry, units, displays) for entry in entries},
        by_code=by_code,
        excluded={code["code"]: (lab, str(code["excluded"])) for lab, code in coded if "excluded" in code},
        unverified={code["code"]: lab for lab, code in coded if code["status"] == UNVERIFIED},
        by_name=by_name | _named_results(labs, names),
        names=names,
        words=_result_words(labs),
        unit_spellings=_unit_spellings(labs, entries),
        panels=tuple(_panel(panel, names) for panel in labs["panels"]),
        prefetch_count=int(labs["prefetch_count"]),
        newest_egfr_days=int(labs["newest_egfr_days"]),
        egfr_leads_days=int(labs["egfr_leads_days"]),
        series_points=int(labs["series"]["points"]),
        series_apart=timedelta(days=int(labs["series"]["apart_days"])),
        height=_height(labs["height"], names),
        range_labels={group: frozenset(map(str, words)) for group, words in labs["range_labels"].items()},
        after_dialysis=_phrases(labs["after_dialysis"], ""),
        specimens_after_dialysis=_phrases(labs["specimens_after_dialysis"], r"[\W_]*\Z"),
    )


def history_vocabulary(data: Plain) -> HistoryVocabulary:
    """The history entries as core values.

    Args:
        data: `history.yaml` as plain data.
    """
    whole: dict[str, dict[str, list[str]]] = {system: defaultdict(list) for system in _WHOLE_CODES}
    prefixes: dict[str, dict[str, list[str]]] = {system: defaultdict(list) for system in _PREFIXES}
    for entry in data["history"]:
        codes = entry.get("codes", {})
        for system in _WHOLE_CODES:
            for code in codes.get(system, ()):
                whole[system][str(code)].append(entry["id"])
        for system in _PREFIXES:
            for code in codes.get(system, ()):
                prefixes[system][str(code).replace(".", "").upper()].append(entry["id"])
    return HistoryVocabulary(
        {entry["id"]: _history_entry(entry) for entry in data["history"]},
        _frozen(whole),
        _frozen(prefixes),
        frozenset(map(str, (*data["not_related"], *data["not_related_codes"]))),
    )


def substances(entry: Plain) -> list[tuple[str, Plain]]:
    """What a lab's entry measures: the lab itself, then what else its results may be given as."""
    others = [(str(other["substance"]), other) for other in entry.get("also_measured_as", ())]
    return [(str(entry["id"]), entry), *others]


def _history_entry(entry: Plain) -> HistoryEntry:
    counts = entry.get("counts_after_end")
    days = None if counts is None else days_in(str(counts))
    return HistoryEntry(str(entry["id"]), str(entry["label"]), frozenset(entry["found_in"]), days)


def _frozen(table: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {system: {code: tuple(ids) for code, ids in codes.items()} for system, codes in table.items()}


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _lab(entry: Plain, units: Plain, displays: Mapping[str, str]) -> Lab:
    lab, factors = str(entry["id"]), units["factors"]
    plausible = entry.get("plausible")
    return Lab(
        id=lab,
        label=str(entry["label"]),
        short=str(entry["short"]),
        kind=LabKind(entry["kind"]),
        unit=str(entry.get("unit", "")),
        unit_if_none=str(entry.get("unit_if_none", "")),
        decimals=int(entry.get("decimals", 0)),
        factors={
            substance: {unit: Decimal(factor) for unit, factor in by_unit.items()}
            for substance, by_unit in factors.get(lab, {}).items()
        },
        bases={
            substance: f"molar mass {measured['molar_mass']} g/mol, {measured['mass_source']}"
            for substance, measured in substances(entry)
            if "molar_mass" in measured
        },
        bands=tuple(_band(band) for band in entry.get("ranges", ())),
        plausible=(Decimal(str(plausible["low"])), Decimal(str(plausible["high"]))) if plausible else None,
        positive_from=_number(entry.get("positive_from")),
        prefetch=str(entry.get("prefetch", "")),
        loincs=tuple(str(code["code"]) for code in entry["codes"] if _is_matched(code)),
        orderable=_orderable(entry.get("orderable"), displays),
        answers_for=_answers_for(entry.get("answers_for")),
        stale_days=int(entry["stale_days"]) if "stale_days" in entry else None,
        changed_by_dialysis="changed_by_dialysis" in entry,
        trend=_trend(entry.get("trend")),
        caution=_caution(entry.get("caution")),
        product_of=tuple(map(str, entry.get("product_of", ()))),
    )


def _is_matched(code: Plain) -> bool:
    return code["status"] != UNVERIFIED and "excluded" not in code


def _band(band: Plain) -> RangeBand:
    limits = ReferenceRange(_number(band.get("low")), _number(band.get("high")), f"default: {band['source']}")
    return RangeBand(_number(band.get("from")), _number(band.get("to")), band.get("sex"), limits)


def _orderable(data: Plain | None, displays: Mapping[str, str]) -> Orderable | None:
    if data is None:
        return None
    code = str(data["code"])
    return Orderable(str(data["name"]), code, displays.get(code, str(data["name"])), int(data["order"]))


def _answers_for(data: Plain | None) -> AnswersFor | None:
    return None if data is None else AnswersFor(str(data["lab"]), data["overrides"] is True, int(data["within_days"]))


def _caution(data: Plain | None) -> tuple[frozenset[str], str] | None:
    return None if data is None else (frozenset(map(str, data["history"])), str(data["says"]))


def _trend(data: Plain | None) -> TrendTerms | None:
    if data is None:
        return None
    share = Decimal(str(data["percent"])) / 100
    return TrendTerms(share, Decimal(str(data["amount"])), int(data["least_days"]), int(data["window_days"]))


def _height(data: Plain, names: NameWords) -> Height:
    plausible = data["plausible"]
    return Height(
        loincs=tuple(str(code["code"]) for code in data["codes"]),
        names=frozenset(names.key(str(name)) for name in data["names"]),
        factors={folded_unit(str(unit)): Decimal(str(factor)) for unit, factor in data["units"].items()},
        plausible=(Decimal(str(plausible["low"])), Decimal(str(plausible["high"]))),
        prefetch=str(data["prefetch"]),
        within_days=int(data["within_days"]),
        from_years=Decimal(str(data["from_years"])),
    )


def _phrases(listed: Iterable[Any], end: str) -> re.Pattern[str]:
    """Any of these phrases as whole words, however they are joined."""
    joined = (r"[\W_]+".join(map(re.escape, plain_words(str(phrase)))) for phrase in listed)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(joined)})(?![^\W_]){end}", re.IGNORECASE)


def _codes(entries: Iterable[Plain]) -> Iterable[tuple[str, Known]]:
    for entry in entries:
        lab = str(entry["id"])
        special = {str(code): substance for substance, also in substances(entry)[1:] for code in also["codes"]}
        for code in entry["codes"]:
            if _is_matched(code):
                loinc = str(code["code"])
                yield loinc, Known(lab, special.get(loinc, lab), code.get("after_dialysis") is True)


def _names(entries: Iterable[Plain], names: NameWords) -> Iterable[tuple[str, Known]]:
    for entry in entries:
        for substance, measured in substances(entry):
            for name in measured["names"]:
                yield names.key(str(name)), Known(str(entry["id"]), substance)


def _named_results(labs: Plain, names: NameWords) -> dict[str, Known]:
    return {
        names.key(str(name)): Known(stated["lab"], stated["lab"], says=stated["is"])
        for name, stated in labs["named_results"].items()
    }


def _unique(pairs: Iterable[tuple[str, Known]], key: str, problems: list[Problem]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for text, known in pairs:
        held = found.setdefault(text, known)
        if (held.lab, held.substance) != (known.lab, known.substance):
            what = f"{text!r} stands for {held.substance} and for {known.substance}."
            problems.append(Problem(LABS_FILE, 1, f"labs.{known.lab}.{key}", what, "Keep it with one of them."))
    return found


def _missing_factors(entries: Iterable[Plain], units: Plain) -> Iterable[Problem]:
    for entry in entries:
        lab = str(entry["id"])
        for substance, measured in substances(entry):
            known = units["factors"].get(lab, {}).get(substance, {})
            for unit in measured.get("units", ()):
                if unit not in known:
                    yield Problem(UNITS_FILE, 1, f"factors.{lab}.{substance}.{unit}", "is missing.", _REBUILD)


def _result_words(labs: Plain) -> ResultWords:
    phrases = {
        tuple(plain_words(str(phrase))): str(meaning)
        for meaning, listed in labs["result_words"].items()
        for phrase in listed
    }
    return ResultWords(
        phrases=phrases,
        longest=max(map(len, phrases)),
        for_antibodies=labs["words_of_antibodies"],
        interpretations=labs["interpretation_codes"],
        antibody_interpretations=labs["antibody_interpretation_codes"],
        value_codes={str(code): meaning for code, meaning in labs["value_codes"].items()},
        comparators=tuple(sorted(labs["comparators"].items(), key=lambda pair: -len(pair[0]))),
    )


def _unit_spellings(labs: Plain, entries: Iterable[Plain]) -> dict[str, str]:
    own = {str(unit) for entry in entries for _, measured in substances(entry) for unit in measured.get("units", ())}
    listed = {folded_unit(str(spelling)): str(unit) for spelling, unit in labs["unit_spellings"].items()}
    return {unit: unit for unit in sorted(own)} | {folded_unit(unit): unit for unit in sorted(own)} | listed


def _panel(panel: Plain, names: NameWords) -> Panel:
    return Panel(frozenset(names.key(str(name)) for name in panel["names"]), frozenset(map(str, panel["labs"])))
