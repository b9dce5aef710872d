"""What the reader knows of words: frozen values, read from `rules/vocabulary/{findings,cues,sections,history}.yaml`.

Forms are phrases as an editor wrote them; the lexicon folds case, spelling and plurals alike in forms and in text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cds_service.core.facts import State


class Matter(StrEnum):
    """What kind of mineral a word names."""

    CALCIFIED = "calcified"
    OSSIFIED = "ossified"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One folding of spelling: `written` at the start or the end of a word becomes `folded`."""

    written: str
    folded: str
    at_end: bool


@dataclass(frozen=True, slots=True)
class Tissue:
    """What mineral in one kind of tissue is called: finding ids by the kind of mineral.

    `several` is the tissue meant where the clause speaks of several nodules or masses.
    """

    id: str
    makes: Mapping[Matter, tuple[str, ...]]
    several: str | None = None


@dataclass(frozen=True, slots=True)
class Mineral:
    """A word for mineral.

    Attributes:
        matter: calcified or ossified.
        adjective: "calcified X" rather than "calcification of X".
        denied: the word itself says that there is none ("noncalcified").
        finding: the finding that the word makes by itself ("phlebolith"); "none" where it names no mineral in tissue;
            "in-soft-tissue" where it names mineral only if the words around it name soft tissue ("radiodense foci").
        region: the site that the word implies, or None.
        tissue: what calcifies where the word says so itself ("calcific tendinitis"), or None.
        name: the diagnosis that the words name, as a finding id, or None.
        after_mineral: the word names mineral only where its sentence has named it before ("deposits").
    """

    matter: Matter
    adjective: bool = False
    denied: bool = False
    finding: str | None = None
    region: str | None = None
    tissue: str | None = None
    name: str | None = None
    after_mineral: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the body.

    Attributes:
        region: site id, or None where the word names a tissue only.
        tissue: what would calcify there, or None where the word says where but not what.
        decides: the word names the tissue itself and outweighs a region named beside it.
        joint: mineral beside it is periarticular.
        bone: mineral in it is no soft tissue finding, but mineral beside it is.
        wall: the site of soft tissue there, where that is another ("chest"), or None.
    """

    region: str | None
    tissue: str | None
    decides: bool = False
    joint: bool = False
    bone: bool = False
    wall: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign.

    Attributes:
        findings: the ids that the words state.
        denied_means: a finding that a denial of the words states, or None.
        with_mineral: the words count only where the clause is about mineral or a mass.
    """

    findings: tuple[str, ...]
    denied_means: str | None = None
    with_mineral: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A ConText cue: what it makes of the mentions after ("forward") or before ("backward") it."""

    category: str
    forward: bool


@dataclass(frozen=True, slots=True)
class Denial:
    """What a phrase of normality says: the history entry that it denies."""

    concept: str


@dataclass(frozen=True, slots=True)
class TimeWords:
    """How a text says when something began. All words are single words unless said otherwise, as an editor wrote them.

    Attributes:
        units: unit of time to its days.
        numbers: number word to its value.
        before: words that follow "3 months" and count back from now: "ago".
        after: words that follow "3 months" and count back to what is named next: "after".
        lasting: words before "3 months" that say how long it has gone on: "for".
        dating: words before a year: "in", "since".
        months: month to its number.
        spans: phrase to days ago.
        long_ago: phrase to the days that it was ago at the least.
        ages: phrase to the age in years by which it had begun.
        at_age: phrases before an age in years.
    """

    units: Mapping[str, int]
    numbers: Mapping[str, int]
    before: frozenset[str]
    after: frozenset[str]
    lasting: frozenset[str]
    dating: frozenset[str]
    months: Mapping[str, int]
    spans: Mapping[str, int]
    long_ago: Mapping[str, int]
    ages: Mapping[str, int]
    at_age: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextVocabulary:
    """Everything the reader is compiled from. Each `*_forms` pairs a phrase with what it means.

    Attributes:
        heading_forms: phrase and section kind: history, exam, ignored, findings or impression.
        language_words: function words, by "english" and "other".
        patient_findings: ids that belong to the patient rather than to a lesion.
        mineral_findings: lesion-bound ids that state mineral; a lesion with one of them is a mineral lesion.
        in_several_lesions: patient's finding id to the findings of which two lesions make it.
        on_both_sides: patient's finding id to the findings that make it when they are on both sides.
        across_lesions: patient's finding id to the groups of findings of which each has one present at some lesion.
        beside_joint: the sign of mineral beside a joint.
        region_labels: site id to the words a person reads.
        neighbours: site id to the sites next to it.
        codes: (system, code) to finding id.
        answers: the code or the casefolded word of an Observation's value to what it says of the finding.
        history_concepts: every history id, to know which family entries exist.
        denial_forms: phrase to the history entry that it denies ("normal renal function").
        times: how a text says when something began.
    """

    spellings: tuple[Spelling, ...]
    abbreviations: frozenset[str]
    mineral_forms: tuple[tuple[str, Mineral], ...]
    place_forms: tuple[tuple[str, Place], ...]
    sign_forms: tuple[tuple[str, Sign], ...]
    cue_forms: tuple[tuple[str, Cue], ...]
    history_forms: tuple[tuple[str, str], ...]
    heading_forms: tuple[tuple[str, str], ...]
    modality_forms: tuple[str, ...]
    adjacency_forms: tuple[str, ...]
    relation_forms: tuple[str, ...]
    terminator_forms: tuple[str, ...]
    list_breaks: tuple[str, ...]
    affirming: tuple[str, ...]
    language_words: Mapping[str, frozenset[str]]
    tissues: Mapping[str, Tissue]
    patient_findings: frozenset[str]
    mineral_findings: frozenset[str]
    in_several_lesions: Mapping[str, frozenset[str]]
    on_both_sides: Mapping[str, frozenset[str]]
    across_lesions: Mapping[str, tuple[frozenset[str], ...]]
    beside_joint: str
    region_labels: Mapping[str, str]
    neighbours: Mapping[str, frozenset[str]]
    codes: Mapping[tuple[str, str], str]
    answers: Mapping[str, State]
    history_concepts: frozenset[str]
    denial_forms: tuple[tuple[str, Denial], ...]
    times: TimeWords
