"""Parsed vocabulary files to the values that the report reader is compiled from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from cds_service.core.facts import State
from cds_service.core.findings.vocabulary import (
    Cue,
    Denial,
    Matter,
    Mineral,
    Place,
    Sign,
    Spelling,
    TextVocabulary,
    TimeWords,
    Tissue,
)

Meaning = TypeVar("Meaning")

_NAMED = "named-"


def text_vocabulary(
    findings: Mapping[str, Any], cues: Mapping[str, Any], sections: Mapping[str, Any], history: Mapping[str, Any]
) -> TextVocabulary:
    """The vocabulary of the reader from the plain data of its four files, which their schemas have already checked.

    Each is that of `rules/vocabulary/<name>.yaml`; of a history entry only `id`, `forms` and `denied_forms` are read.
    """
    derived = findings["derived"]
    return TextVocabulary(
        spellings=tuple(_spelling(entry) for entry in cues["spellings"]),
        abbreviations=frozenset(cues["abbreviations"]),
        mineral_forms=(*_forms(findings["minerals"], _mineral), *_forms(findings["names"], _name)),
        place_forms=_forms(findings["places"], _place),
        sign_forms=_forms(findings["signs"], _sign),
        cue_forms=tuple(pair for entry in cues["cues"] for pair in _cue_forms(entry)),
        history_forms=_forms(history["history"], lambda entry: str(entry["id"])),
        heading_forms=_forms(sections["sections"], lambda entry: str(entry["kind"])),
        modality_forms=tuple(sections["modalities"]),
        adjacency_forms=tuple(cues["adjacency"]),
        relation_forms=tuple(cues["relations"]),
        terminator_forms=tuple(cues["terminators"]),
        list_breaks=tuple(cues["list_breaks"]),
        affirming=tuple(cues["affirming"]),
        language_words={name: frozenset(words) for name, words in cues["languages"].items()},
        tissues={entry["id"]: _tissue(entry) for entry in findings["tissues"]},
        patient_findings=_of_the_patient(findings),
        mineral_findings=frozenset(derived["mineral"]),
        in_several_lesions=_parts(derived["in_several_lesions"]),
        on_both_sides=_parts(derived["on_both_sides"]),
        across_lesions={name: tuple(map(frozenset, groups)) for name, groups in derived["across_lesions"].items()},
        beside_joint=derived["beside_joint"],
        region_labels={entry["id"]: entry["label"] for entry in findings["regions"]},
        neighbours={entry["id"]: frozenset(entry["next_to"]) for entry in findings["regions"]},
        codes={(entry["system"], entry["code"]): entry["finding"] for entry in findings["codes"]},
        answers=_answers(findings["answers"]),
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


def _spelling(entry: Mapping[str, Any]) -> Spelling:
    return Spelling(entry.get("prefix") or entry["suffix"], entry["as"], "suffix" in entry)


def _tissue(entry: Mapping[str, Any]) -> Tissue:
    return Tissue(entry["id"], {matter: tuple(entry[matter.value]) for matter in Matter}, entry.get("several"))


def _mineral(entry: Mapping[str, Any]) -> Mineral:
    return Mineral(
        Matter(entry["kind"]),
        entry["word"] == "adjective",
        entry.get("denied", False),
        entry.get("finding"),
        entry.get("region"),
        after_mineral=entry.get("after_mineral", False),
    )


def _name(entry: Mapping[str, Any]) -> Mineral:
    implies = entry.get("implies", {})
    return Mineral(
        Matter(implies.get("kind", Matter.CALCIFIED)), tissue=implies.get("tissue"), name=_NAMED + entry["id"]
    )


def _place(entry: Mapping[str, Any]) -> Place:
    return Place(
        entry.get("region"),
        entry.get("tissue"),
        entry.get("word") == "tissue",
        entry.get("joint", False),
        entry.get("bone", False),
        entry.get("wall"),
    )


def _sign(entry: Mapping[str, Any]) -> Sign:
    finding = entry["finding"]
    return Sign(
        (finding,) if isinstance(finding, str) else tuple(finding),
        entry.get("denied_means"),
        entry.get("with_mineral", False),
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
