"""Parsed vocabulary files to the values that the report reader is compiled from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from cds_service.core.facts import State
from cds_service.core.findings.grammar import Grammar
from cds_service.core.findings.vocabulary import (
    Cue,
    Denial,
    Mark,
    Matter,
    Mineral,
    Orthography,
    Place,
    Plural,
    Sign,
    Spelling,
    TextVocabulary,
    Tissue,
)
from cds_service.core.findings.words import MeasureWords, TimeWords
from cds_service.errors import ContentError, Problem

FINDINGS_FILE = "rules/vocabulary/findings.yaml"
Meaning = TypeVar("Meaning")

_NAMED = "named-"
_NO_FINDING, _EQUIVOCAL = "none", "in-soft-tissue"
_MARKS = (Mark.TERMINATOR, Mark.ADJACENT, Mark.RELATED, Mark.BREAK)
_SOFT, _BONE = "soft", "bone"


def text_vocabulary(
    findings: Mapping[str, Any], cues: Mapping[str, Any], sections: Mapping[str, Any], history: Mapping[str, Any]
) -> TextVocabulary:
    """The vocabulary of the reader from the plain data of its four files, which their schemas have already checked.

    Each is that of `rules/vocabulary/<name>.yaml`; of a history entry only `id`, `forms` and `denied_forms` are read.

    Raises:
        ContentError: an entry speaks of a tissue that is none of the tissues.
    """
    tissues = _tissues(findings)
    return TextVocabulary(
        orthography=_orthography(cues),
        grammar=_grammar(cues),
        mineral_forms=_mineral_forms(findings, tissues),
        place_forms=_place_forms(findings, tissues),
        sign_forms=_sign_forms(findings),
        cue_forms=tuple(pair for entry in cues["cues"] for pair in _cue_forms(entry)),
        history_forms=_forms(history["history"], lambda entry: str(entry["id"])),
        heading_forms=_forms(sections["sections"], lambda entry: str(entry["kind"])),
        modality_forms=tuple(sections["modalities"]),
        mark_forms=tuple((form, mark) for mark in _MARKS for form in cues[mark]),
        language_words={name: frozenset(words) for name, words in cues["languages"].items()},
        tissues=tuple(tissues.values()),
        soft_tissue=next(tissue for tissue in tissues.values() if tissue.is_soft),
        patient_findings=_of_the_patient(findings),
        **_derived(findings["derived"]),
        region_labels={entry["id"]: entry["label"] for entry in findings["regions"]},
        neighbours={entry["id"]: frozenset(entry["next_to"]) for entry in findings["regions"]},
        codes={(entry["system"], entry["code"]): entry["finding"] for entry in findings["codes"]},
        answers=_answers(findings["answers"]),
        size_names=frozenset(name.casefold() for name in findings["sizes"]["names"]),
        measures=_measures(findings["sizes"], findings["numbers"]),
        courses=_parts(findings["attributes"]["course"]),
        history_concepts=frozenset(entry["id"] for entry in history["history"]),
        denial_forms=_denials(history["history"]),
        times=_times(cues["times"]),
    )


def _of_the_patient(findings: Mapping[str, Any]) -> frozenset[str]:
    return frozenset((*findings["patient_findings"], *(_NAMED + entry["id"] for entry in findings["names"])))


def _forms(
    entries: Iterable[Mapping[str, Any]], meaning: Callable[[Mapping[str, Any]], Meaning]
) -> tuple[tuple[str, Meaning], ...]:
    return tuple((form, meaning(entry)) for entry in entries for form in entry.get("forms", ()))


def _denials(entries: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, Denial], ...]:
    return tuple((form, Denial(entry["id"])) for entry in entries for form in entry.get("denied_forms", ()))


def _orthography(cues: Mapping[str, Any]) -> Orthography:
    return Orthography(
        tuple(_spelling(entry) for entry in cues["spellings"]),
        tuple(Plural(entry["suffix"], entry["as"], entry["shortest"]) for entry in cues["plurals"]),
        tuple(cues["no_plurals"]),
        tuple(cues["never_corrected"]),
    )


def _derived(derived: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from several lesions together, as fields of the vocabulary."""
    return {
        "mass_findings": frozenset(derived["masses"]),
        "mineral_findings": frozenset(derived["mineral"]),
        "in_several_lesions": _parts(derived["in_several_lesions"]),
        "on_both_sides": _parts(derived["on_both_sides"]),
        "across_lesions": {name: tuple(map(frozenset, groups)) for name, groups in derived["across_lesions"].items()},
        "beside_joint": derived["beside_joint"],
    }


def _spelling(entry: Mapping[str, Any]) -> Spelling:
    return Spelling(entry.get("prefix") or entry["suffix"], entry["as"], "suffix" in entry)


def _grammar(cues: Mapping[str, Any]) -> Grammar:
    grammar = cues["grammar"]
    sides = {word: side for side, words in grammar["sides"].items() for word in words}
    return Grammar(
        affirming=frozenset(cues["affirming"]),
        abbreviations=frozenset(cues["abbreviations"]),
        sides=sides,
        before_side=frozenset(grammar["before_side"]),
        place_links=frozenset((*grammar["place_links"], *sides)),
        articles=frozenset(grammar["articles"]),
        target_links=frozenset(grammar["target_links"]),
        companions=frozenset(grammar["companions"]),
        adjective_ends=frozenset(grammar["adjective_ends"]),
        last_of_list=frozenset(grammar["last_of_list"]),
        within_list=frozenset(grammar["within_list"]),
        statement_starts=frozenset(grammar["statement_starts"]),
        openings=frozenset(tuple(opening.split()) for opening in grammar["openings"]),
        reporting=frozenset(grammar["reporting"]),
        known=frozenset(grammar["known"]),
        before_value=frozenset(grammar["before_value"]),
        of_it=frozenset(grammar["of_it"]),
        plural_letters=frozenset(entry["suffix"][-1] for entry in cues["plurals"]),
    )


def _tissues(findings: Mapping[str, Any]) -> dict[str, Tissue]:
    """The tissues by id; one that names another as `several`, and bone, which names soft tissue, are made after it."""
    _complain_of_unknown_tissues(findings)
    waiting = {entry["id"]: entry for entry in findings["tissues"]}
    soft = next(entry["id"] for entry in waiting.values() if entry.get("role") == _SOFT)
    made: dict[str, Tissue] = {}

    def make(name: str) -> Tissue:
        if name not in made:
            entry = waiting[name]
            made[name] = Tissue(
                name,
                {matter: tuple(entry[matter.value]) for matter in Matter},
                make(entry["several"]) if "several" in entry else None,
                is_soft=name == soft,
                beside=make(soft) if entry.get("role") == _BONE else None,
                musculoskeletal=entry.get("musculoskeletal", False),
                beside_bone=entry.get("beside_bone", False),
            )
        return made[name]

    return {name: make(name) for name in waiting}


def _complain_of_unknown_tissues(findings: Mapping[str, Any]) -> None:
    known = {entry["id"] for entry in findings["tissues"]}
    asked = [
        *(("tissues", entry.get("several")) for entry in findings["tissues"]),
        *(("places", entry.get("tissue")) for entry in findings["places"]),
        *(("names", entry.get("implies", {}).get("tissue")) for entry in findings["names"]),
    ]
    problems = [
        Problem(FINDINGS_FILE, 1, key, f"{tissue!r} is no tissue.", "Use an id that stands under `tissues`.")
        for key, tissue in asked
        if tissue is not None and tissue not in known
    ]
    if problems:
        raise ContentError(problems)


def _mineral(entry: Mapping[str, Any]) -> Mineral:
    finding = entry.get("finding")
    return Mineral(
        Matter(entry["kind"]),
        entry["word"] == "adjective",
        entry.get("denied", False),
        silent=finding == _NO_FINDING,
        equivocal=finding == _EQUIVOCAL,
        finding=None if finding in (_NO_FINDING, _EQUIVOCAL) else finding,
        region=entry.get("region"),
        after_mineral=entry.get("after_mineral", False),
        of_bone=frozenset(entry.get("of_bone", ())),
    )


def _mineral_forms(findings: Mapping[str, Any], tissues: Mapping[str, Tissue]) -> tuple[tuple[str, Mineral], ...]:
    names = _forms(findings["names"], lambda entry: _name(entry, tissues))
    return _forms(findings["minerals"], _mineral) + names


def _name(entry: Mapping[str, Any], tissues: Mapping[str, Tissue]) -> Mineral:
    implies = entry.get("implies", {})
    return Mineral(
        Matter(implies.get("kind", Matter.CALCIFIED)),
        tissue=tissues[implies["tissue"]] if "tissue" in implies else None,
        name=_NAMED + entry["id"],
    )


def _place_forms(findings: Mapping[str, Any], tissues: Mapping[str, Tissue]) -> tuple[tuple[str, Place], ...]:
    bone = next(tissue for tissue in tissues.values() if tissue.beside is not None)
    return _forms(findings["places"], lambda entry: _place(entry, tissues, bone))


def _place(entry: Mapping[str, Any], tissues: Mapping[str, Tissue], bone: Tissue) -> Place:
    return Place(
        entry.get("region"),
        tissues[entry["tissue"]] if "tissue" in entry else None,
        entry.get("word") == "tissue",
        entry.get("joint", False),
        bone if entry.get("bone", False) else None,
        entry.get("wall"),
    )


def _sign_forms(findings: Mapping[str, Any]) -> tuple[tuple[str, Sign], ...]:
    masses, of_patient = findings["derived"]["masses"], frozenset(findings["patient_findings"])
    return _forms(findings["signs"], lambda entry: _sign(entry, masses, of_patient))


def _sign(entry: Mapping[str, Any], masses: Sequence[str], of_patient: frozenset[str]) -> Sign:
    finding = entry["finding"]
    stated = (finding,) if isinstance(finding, str) else tuple(finding)
    return Sign(
        stated,
        entry.get("denied_means"),
        entry.get("with_mineral", False),
        not set(masses).isdisjoint(stated),
        _limits(entry["attenuation"]) if "attenuation" in entry else None,
        bool(stated) and of_patient.issuperset(stated),
    )


def _limits(entry: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    return Decimal(str(entry["from"])), Decimal(str(entry["to"]))


def _measures(sizes: Mapping[str, Any], numbers: Iterable[Mapping[str, Any]]) -> MeasureWords:
    return MeasureWords(
        units={word: Decimal(str(unit["mm"])) for unit in sizes["units"] for word in unit["words"]},
        times=frozenset(sizes["times"]),
        between=frozenset((*sizes["times"], *sizes["links"])),
        list_ends=frozenset(sizes["list_ends"]),
        not_before=frozenset(sizes["not_before"]),
        not_after=frozenset(sizes["not_after"]),
        minus=frozenset(sizes["minus"]),
        numbers={word: str(entry["number"]) for entry in numbers for word in entry["words"]},
    )


def _cue_forms(entry: Mapping[str, Any]) -> list[tuple[str, Cue]]:
    return [(form, Cue(entry["category"], entry.get("direction") != "backward")) for form in entry["forms"]]


def _times(data: Mapping[str, Any]) -> TimeWords:
    return TimeWords(
        units=_numbered(data["units"]),
        numbers=_numbered(data["numbers"]),
        before=frozenset(data["before"]),
        after=frozenset(data["after"]),
        lasting=frozenset(data["lasting"]),
        dating=frozenset(data["dating"]),
        months={str(name): number for number, names in enumerate(data["months"], 1) for name in names},
        spans=_numbered(data["spans"]),
        long_ago=_numbered(data["long_ago"]),
        ages=_numbered(data["ages"]),
        at_age=tuple(data["at_age"]),
    )


def _numbered(data: Mapping[str, Any]) -> dict[str, int]:
    return {str(word): int(number) for word, number in data.items()}


def _answers(entries: Mapping[str, Any]) -> dict[str, State]:
    return {
        answer.casefold(): State(state)
        for state, entry in entries.items()
        for answer in (*entry["words"], *entry["codes"])
    }


def _parts(entries: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {concept: frozenset(parts) for concept, parts in entries.items()}
