"""What the reader knows of words: frozen values, read from `rules/vocabulary/{findings,cues,sections,history}.yaml`.

Forms are phrases as an editor wrote them; the lexicon folds case, spelling and plurals alike in forms and in text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from cds_service.core.facts import State
from cds_service.core.findings.grammar import Grammar
from cds_service.core.findings.words import MeasureWords, TimeWords

# The closed lists: their values are the names by which the vocabulary's files and the program know them. Plain strings
# rather than Enums where a report makes many of them: an Enum's members are slow to compare and to hash.


class Matter(StrEnum):
    """What kind of mineral a word names."""

    CALCIFIED = "calcified"
    OSSIFIED = "ossified"


class Side:
    """On which side of the body a site is."""

    RIGHT: Final = "right"
    LEFT: Final = "left"
    BOTH: Final = "both"


class Section:
    """What stands beneath a heading."""

    HISTORY: Final = "history"
    EXAM: Final = "exam"
    IGNORED: Final = "ignored"
    FINDINGS: Final = "findings"
    IMPRESSION: Final = "impression"


class Mark:
    """What a phrase that names nothing makes of the words around it: the key of its list in `cues.yaml`."""

    ADJACENT: Final = "adjacency"
    RELATED: Final = "relations"
    TERMINATOR: Final = "terminators"
    BREAK: Final = "list_breaks"


class Number:
    """How many of a thing there are, where no count is stated."""

    ONE: Final = "one"
    SEVERAL: Final = "several"


class Language:
    """In which a text may be written."""

    ENGLISH: Final = "english"
    OTHER: Final = "other"


class Category:
    """What a cue makes of the mentions that it reaches."""

    PSEUDO: Final = "pseudo"
    QUALIFIED: Final = "qualified"
    NEGATION: Final = "negation"
    RESOLVED: Final = "resolved"
    UNCERTAIN: Final = "uncertain"
    OBJECT: Final = "object"
    CAUSE: Final = "cause"
    COMPARISON: Final = "comparison"
    HYPOTHETICAL: Final = "hypothetical"
    HISTORICAL: Final = "historical"
    FAMILY: Final = "family"
    ADVICE: Final = "advice"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One folding of spelling: `written` at the start or the end of a word becomes `folded`."""

    written: str
    folded: str
    at_end: bool


@dataclass(frozen=True, slots=True)
class Plural:
    """One way to end a plural: `written` becomes `folded` in words of at least `shortest` letters."""

    written: str
    folded: str
    shortest: int


@dataclass(frozen=True, slots=True)
class Orthography:
    """How words are folded to one spelling.

    Attributes:
        no_plurals: words that end in one of these are in the singular.
        never_corrected: words that are no typing errors of another.
    """

    spellings: tuple[Spelling, ...]
    plurals: tuple[Plural, ...]
    no_plurals: tuple[str, ...]
    never_corrected: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """One kind of tissue, and what mineral in it is called.

    Attributes:
        makes: finding ids by the kind of mineral.
        several: the tissue meant where the clause speaks of several nodules or masses, or None.
        is_soft: it is soft tissue as such, of no particular kind.
        beside: for bone, the tissue that mineral beside it is in; else None.
        musculoskeletal: what is said at a site of it is said of the site, not of an organ or a vessel there.
        beside_bone: equivocal words in it may speak of the bone or joint there instead.
    """

    id: str
    makes: Mapping[Matter, tuple[str, ...]]
    several: "Tissue | None" = None
    is_soft: bool = False
    beside: "Tissue | None" = None
    musculoskeletal: bool = False
    beside_bone: bool = False


@dataclass(frozen=True, slots=True)
class Mineral:
    """A word for mineral.

    Attributes:
        matter: calcified or ossified.
        adjective: "calcified X" rather than "calcification of X".
        denied: the word itself says that there is none ("noncalcified").
        silent: the word says nothing about mineral in tissue, whatever stands around it.
        equivocal: it names mineral only if the words around it name soft tissue ("radiodense foci").
        finding: the finding that the word makes by itself ("phlebolith"), or None.
        region: the site that the word implies, or None.
        tissue: what calcifies where the word says so itself ("calcific tendinitis"), or None.
        name: the diagnosis that the words name, as a finding id, or None.
        after_mineral: the word names mineral only where its sentence has named it before ("deposits").
        of_bone: words for the surface of a bone along which the word names the bone's own ("new bone"), not mineral
            beside it.
    """

    matter: Matter
    adjective: bool = False
    denied: bool = False
    silent: bool = False
    equivocal: bool = False
    finding: str | None = None
    region: str | None = None
    tissue: Tissue | None = None
    name: str | None = None
    after_mineral: bool = False
    of_bone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the body.

    Attributes:
        region: site id, or None where the word names a tissue only.
        tissue: what would calcify there, or None where the word says where but not what.
        decides: the word names the tissue itself and outweighs a region named beside it.
        joint: mineral beside it is periarticular.
        bone: the tissue of bone, where mineral in it is no soft tissue finding but mineral beside it is; or None.
        wall: the site of soft tissue there, where that is another ("chest"), or None.
    """

    region: str | None
    tissue: Tissue | None
    decides: bool = False
    joint: bool = False
    bone: Tissue | None = None
    wall: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign.

    Attributes:
        findings: the ids that the words state.
        denied_means: a finding that a denial of the words states, or None.
        with_mineral: the words count only where the clause is about mineral or a mass.
        mass: the words name a thing that can hold mineral, a mass or a nodule.
        attenuation: the words are the unit of an attenuation, and count where the number with it lies from the first
            to the second of these, in Hounsfield units; None for all other words.
        of_patient: all its findings belong to the patient rather than to a lesion.
    """

    findings: tuple[str, ...]
    denied_means: str | None = None
    with_mineral: bool = False
    mass: bool = False
    attenuation: tuple[Decimal, Decimal] | None = None
    of_patient: bool = False


class Cue(NamedTuple):
    """A ConText cue: what it makes (see `Category`) of the mentions after ("forward") or before ("backward") it."""

    category: str
    forward: bool


@dataclass(frozen=True, slots=True)
class Denial:
    """What a phrase of normality says: the history entry that it denies."""

    concept: str


@dataclass(frozen=True, slots=True)
class TextVocabulary:
    """Everything the reader is compiled from. Each `*_forms` pairs a phrase with what it means.

    Attributes:
        mark_forms: phrase and `Mark`.
        heading_forms: phrase and section kind, see `Section`.
        language_words: function words by `Language`.
        tissues: every tissue.
        soft_tissue: the one meant where none is named.
        patient_findings: ids that belong to the patient rather than to a lesion.
        mass_findings: lesion-bound ids that name a thing which can hold mineral.
        mineral_findings: lesion-bound ids that state mineral; a lesion with one of them is a mineral lesion.
        in_several_lesions: patient's finding id to the findings of which two lesions make it.
        on_both_sides: patient's finding id to the findings that make it when they are on both sides.
        across_lesions: patient's finding id to the groups of findings of which each has one present at some lesion.
        beside_joint: the sign of mineral beside a joint.
        region_labels: site id to the words a person reads.
        neighbours: site id to the sites next to it.
        codes: (system, code) to finding id.
        size_names: what an Observation's code is called when its value is a size, in lower case.
        measures: the words around sizes and numbers.
        courses: course of a lesion (new, growing, stable) to the findings that state it, the most telling first.
        answers: the code or the casefolded word of an Observation's value to what it says of the finding.
        history_concepts: every history id, to know which family entries exist.
        denial_forms: phrase to the history entry that it denies ("normal renal function").
        times: how a text says when something began.
    """

    orthography: Orthography
    grammar: Grammar
    mineral_forms: tuple[tuple[str, Mineral], ...]
    place_forms: tuple[tuple[str, Place], ...]
    sign_forms: tuple[tuple[str, Sign], ...]
    cue_forms: tuple[tuple[str, Cue], ...]
    history_forms: tuple[tuple[str, str], ...]
    heading_forms: tuple[tuple[str, str], ...]
    modality_forms: tuple[str, ...]
    mark_forms: tuple[tuple[str, str], ...]
    language_words: Mapping[str, frozenset[str]]
    tissues: tuple[Tissue, ...]
    soft_tissue: Tissue
    patient_findings: frozenset[str]
    mass_findings: frozenset[str]
    mineral_findings: frozenset[str]
    in_several_lesions: Mapping[str, frozenset[str]]
    on_both_sides: Mapping[str, frozenset[str]]
    across_lesions: Mapping[str, tuple[frozenset[str], ...]]
    beside_joint: str
    region_labels: Mapping[str, str]
    neighbours: Mapping[str, frozenset[str]]
    codes: Mapping[tuple[str, str], str]
    answers: Mapping[str, State]
    size_names: frozenset[str]
    measures: MeasureWords
    courses: Mapping[str, frozenset[str]]
    history_concepts: frozenset[str]
    denial_forms: tuple[tuple[str, Denial], ...]
    times: TimeWords
