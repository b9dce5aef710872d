"""The report reader: text in, lesions, findings and history out."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from cds_service.core.facts import HistoryFact, Reading, SetAside
from cds_service.core.findings.clause_reader import read_clause
from cds_service.core.findings.context import clauses
from cds_service.core.findings.derived import derive
from cds_service.core.findings.history import facts_of, merged
from cds_service.core.findings.lexicon import Layer, Lexicon, Mention, empty_layers
from cds_service.core.findings.passing import read_passing
from cds_service.core.findings.places import sites_of
from cds_service.core.findings.report_state import ReportState
from cds_service.core.findings.sections import Layout, Sentence
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.times import TimeReader
from cds_service.core.findings.vocabulary import Language, Section, TextVocabulary

REPORT = "report"
_FOREIGN = "the text is not in English; it was not read"
_NOT_OF_NOW = (Section.HISTORY, Section.IGNORED)
_LANGUAGE_WORDS = 400
_FEWEST_FOREIGN = 3
_LAST_LATIN_LETTER = 0x24F


class ReportReader:
    """The compiled vocabulary. Build once, share freely: reading keeps nothing."""

    def __init__(self, vocabulary: TextVocabulary) -> None:
        self.vocabulary = vocabulary
        self.lexicon = Lexicon(vocabulary)
        fold = self.lexicon.fold
        self.times = TimeReader(vocabulary.times, fold)
        self.measures = vocabulary.measures.folded(fold)
        languages = {name: frozenset(fold(word) for word in words) for name, words in vocabulary.language_words.items()}
        self._english = languages[Language.ENGLISH]
        self._foreign = languages[Language.OTHER] - languages[Language.ENGLISH]

    def layout(self, text: str) -> tuple[Tokens, tuple[list[Mention], ...], list[Sentence]]:
        """Tokens, mentions by layer, and sentences of a text."""
        tokens = self.lexicon.tokenise(text)
        found = self.lexicon.scan(tokens)
        return tokens, found, Layout(tokens, found).sentences()

    def is_foreign(self, tokens: Tokens) -> bool:
        """Whether the text has more function words, or letters, of another language than of English."""
        words = tokens.words[:_LANGUAGE_WORDS]
        if not "".join(words).isascii():
            letters = [word for word in words if word.isalpha()]
            if sum(1 for word in letters if ord(word[0]) > _LAST_LATIN_LETTER) * 2 > len(letters):
                return True
        foreign = sum(map(self._foreign.__contains__, words))
        return foreign >= _FEWEST_FOREIGN and foreign > sum(map(self._english.__contains__, words))


def read_report(text: str, reader: ReportReader) -> Reading:
    """Read one report.

    Args:
        text: the narrative as plain text, as sent; positions in the result count its characters.
        reader: the compiled vocabulary.

    Returns:
        The lesions, the findings of the patient, the history that the text tells, and what was not read and why.
        Text without anything known gives an empty reading; nothing is raised for any text.
    """
    tokens, found, sentences = reader.layout(text)
    if reader.is_foreign(tokens):
        return Reading((), {}, (), (SetAside(REPORT, _FOREIGN),))
    state = ReportState(reader.vocabulary, tokens, reader.measures)
    history: list[HistoryFact] = []
    slices = _by_sentence(found, sentences)
    for sentence, mentions in zip(sentences, slices, strict=True):
        _enter(sentence, state, found)
        if not any(mentions):
            continue
        if mentions[Layer.MINERAL] and sentence.section in _NOT_OF_NOW:
            read_passing(sentence, mentions, state)
        if sentence.section == Section.IGNORED:
            continue
        seen = sentence.section in (Section.FINDINGS, Section.IMPRESSION)
        parts = clauses(sentence.first, sentence.stop, mentions, tokens)
        state.begin_sentence(mentions if len(parts) > 1 else None, sentence.stop)
        for clause in parts:
            if clause.mentions[Layer.HISTORY]:
                history += facts_of(clause, tokens, reader.vocabulary.history_concepts, REPORT, seen, reader.times)
            if sentence.section == Section.EXAM:
                state.examine(sites_of(clause.mentions, clause.stop, tokens))
            elif seen:
                read_clause(clause, state)
    findings = derive(state.book, state.findings, reader.vocabulary)
    lesions = state.book.close(state.examined_sides())
    return Reading(lesions, findings, merged(history), state.asides.set_aside(), state.asides.all())


def read_history_text(text: str, resource: str, reader: ReportReader) -> tuple[HistoryFact, ...]:
    """Read the text of one Condition, Procedure or Medication.

    Args:
        text: such as "No history of trauma" or "end-stage renal disease on haemodialysis".
        resource: "Condition/id" and the like, carried into every fact.
        reader: the compiled vocabulary.

    Returns:
        One fact per history concept; denied, uncertain or present. What is said of relatives gives family entries only.
    """
    tokens, found, sentences = reader.layout(text)
    facts: list[HistoryFact] = []
    for sentence, mentions in zip(sentences, _by_sentence(found, sentences), strict=True):
        if mentions[Layer.HISTORY]:
            for clause in clauses(sentence.first, sentence.stop, mentions, tokens):
                facts += facts_of(clause, tokens, reader.vocabulary.history_concepts, resource, False, reader.times)
    return merged(facts)


def _enter(sentence: Sentence, state: ReportState, found: tuple[list[Mention], ...]) -> None:
    """Take note of a new section or sub-heading."""
    state.enter_part(sentence.part)
    if sentence.subheading is not None:
        first, stop = sentence.subheading
        inside = tuple(_between(layer, first, stop) for layer in found)
        state.enter_subheading(sites_of(inside, stop, state.tokens))
    elif sentence.opens:
        state.leave_subheading()


def _between(mentions: list[Mention], first: int, stop: int) -> list[Mention]:
    """The mentions of one layer that begin at token `first` or after it, and before `stop`."""
    begin = bisect_left(mentions, first, key=_beginning)
    return mentions[begin : bisect_left(mentions, stop, begin, key=_beginning)]


def _beginning(mention: Mention) -> int:
    return mention.first


def _by_sentence(found: tuple[list[Mention], ...], sentences: Sequence[Sentence]) -> list[tuple[list[Mention], ...]]:
    """The mentions of each sentence, by layer. One pass over each layer."""
    slices = [empty_layers() for _ in sentences]
    starts, stops = [sentence.first for sentence in sentences], [sentence.stop for sentence in sentences]
    count = len(sentences)
    for layer, mentions in enumerate(found):
        number = 0
        for mention in mentions:
            at = mention.first
            while number < count and stops[number] <= at:
                number += 1
            if number == count:
                break
            if starts[number] <= at:
                slices[number][layer].append(mention)
    return slices


class Examination(NamedTuple):
    """What the name of an examination says: the first part of the body, and whether it is done by imaging."""

    region: str | None
    by_imaging: bool


def read_examination(name: str, reader: ReportReader) -> Examination:
    """Reads a name such as "MRI of the left hip"."""
    tokens = reader.lexicon.tokenise(name)
    found = reader.lexicon.scan(tokens)
    sites = sites_of(found, len(tokens.words), tokens)
    return Examination(next((site.region for site in sites if site.region), None), bool(found[Layer.MODALITY]))


def read_site(text: str, reader: ReportReader) -> tuple[str | None, str | None]:
    """The first region and side that a short text such as "Left hip" names; None for what it does not name."""
    tokens = reader.lexicon.tokenise(text)
    sites = sites_of(reader.lexicon.scan(tokens), len(tokens.words), tokens)
    return next(((site.region, site.side) for site in sites if site.region), (None, None))
