"""Where sentences end, under which heading each stands, and what the first line is."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.text import DASHES, PUNCTUATION, Tokens
from cds_service.core.findings.vocabulary import Section

# A line at least this long that ends in the middle of a sentence was broken by the page, not by the writer.
_WRAPPED_LINE = 45
_SENTENCE_ENDS = frozenset("\n.!?")
_NO_SUBHEADING = frozenset(".;\n?!")
_LONGEST_SUBHEADING = 7
_LONGEST_HEADING_TAIL = 5
_BEFORE = frozenset({Section.HISTORY, Section.EXAM, Section.IGNORED})
_LONGEST_TITLE = 30
_LONGEST_TITLE_SENTENCE = 12
# Cues are weighed against every mention of their clause, so a text without full stops is cut to keep the work linear.
_LONGEST_SENTENCE = 160


@dataclass(slots=True)
class Sentence:
    """Tokens `first` up to `stop` of one sentence, the kind of section it stands in, and the sub-heading before it.

    `subheading` is the span of a sub-heading such as "CT:" or "Left hip:" directly before it; `opens` says that
    it is the first sentence on its line; `part` counts headings.
    """

    first: int
    stop: int
    section: str
    part: int
    opens: bool
    subheading: tuple[int, int] | None = None


class Layout:
    """Cuts one text into sentences. Every token is looked at once."""

    def __init__(self, tokens: Tokens, found: tuple[list[Mention], ...]) -> None:
        self._tokens = tokens
        self._headings = {mention.first: mention for mention in found[Layer.HEADING]}
        self._minerals = {mention.first for mention in found[Layer.MINERAL]}
        self._modalities = {mention.first for mention in found[Layer.MODALITY]}
        self._named = self._modalities.union([mention.first for mention in found[Layer.PLACE]])
        self._ends = [index for index, word in enumerate(tokens.words) if word in _SENTENCE_ENDS]
        self._claims = found[Layer.CUE], found[Layer.SIGN]

    def sentences(self) -> list[Sentence]:
        """The sentences in order, with sections."""
        sentences: list[Sentence] = []
        section, part, subheading = Section.FINDINGS, 0, None
        opens = True
        # Where no heading says where the findings begin, they begin on the line after what was known or examined.
        unheaded = not any(
            mention.meanings[0] == Section.FINDINGS and self._heading(first, self._opens_line(first))
            for first, mention in self._headings.items()
        )
        at = 0
        count = len(self._tokens.words)
        headed = False
        while at < count:
            if self._tokens.words[at] == "\n":
                at, opens, subheading = at + 1, True, None
                continue
            heading = self._heading(at, opens)
            if heading is not None:
                section, at = heading
                part, subheading, headed = part + 1, None, True
                unheaded = unheaded and section != Section.IMPRESSION
                continue
            if unheaded and opens and section in _BEFORE and sentences and sentences[-1].part == part:
                section, part, unheaded = Section.FINDINGS, part + 1, False
            after = self._subheading(at)
            if after is not None and section in (Section.FINDINGS, Section.IMPRESSION):
                subheading, at = (at, after - 1), after
                continue
            stop = self._sentence_end(at)
            sentences.append(Sentence(at, stop, section, part, opens, subheading))
            at, opens = stop, self._tokens.words[stop - 1] == "\n"
            subheading = None if opens else subheading
        self._title(sentences, headed)
        return sentences

    def _heading(self, at: int, opens: bool) -> tuple[str, int] | None:
        """The section kind and the token after a heading at `at`.

        A heading ends in a colon, or is a line by itself; at the start of a line it may end in a dash or, in capitals
        before words that are not, in nothing at all.
        """
        mention = self._headings.get(at)
        if mention is None:
            return None
        words = self._tokens.words
        stop = mention.stop
        kind = str(mention.meanings[0])
        if stop < len(words) and words[stop] == ":":
            return kind, stop + 1
        if opens and (stop >= len(words) or words[stop] == "\n"):
            return kind, stop
        if opens and self._is_dash(stop):
            return kind, stop + 1
        if opens and self._tokens.text[self._tokens.starts[at] : self._tokens.ends[stop - 1]].isupper():
            following = self._tokens.text[self._tokens.starts[stop] : self._tokens.ends[stop]]
            if words[stop] not in PUNCTUATION and not following.isupper() and not following.isdigit():
                return kind, stop
            for colon in range(stop, min(stop + _LONGEST_HEADING_TAIL, len(words))):
                if words[colon] == ":":
                    return kind, colon + 1
                if words[colon] in ",.;\n":
                    return None
        return None

    def _is_dash(self, at: int) -> bool:
        """Whether token `at` is a dash that joins no word."""
        return self._tokens.text[self._tokens.starts[at] : self._tokens.ends[at]] in DASHES

    def _stands_alone(self, index: int) -> bool:
        tokens = self._tokens
        return index + 1 < len(tokens.words) and (index == 0 or tokens.starts[index] > tokens.ends[index - 1])

    def _opens_line(self, at: int) -> bool:
        return at == 0 or self._tokens.words[at - 1] == "\n"

    def _subheading(self, at: int) -> int | None:
        """The token after the colon of a sub-heading at `at`, which names places or kinds of examination."""
        words = self._tokens.words
        if ":" not in words[at : at + _LONGEST_SUBHEADING]:
            return None
        named = False
        for index in range(at, min(at + _LONGEST_SUBHEADING, len(words))):
            word = words[index]
            if word == ":":
                return index + 1 if named else None
            if word in _NO_SUBHEADING or index in self._minerals:
                return None
            named = named or index in self._named
        return None

    def _sentence_end(self, at: int) -> int:
        words, starts, ends = self._tokens.words, self._tokens.starts, self._tokens.ends
        count = min(len(words), at + _LONGEST_SENTENCE)
        for place in range(bisect_left(self._ends, at), len(self._ends)):
            index = self._ends[place]
            if index >= count:
                break
            if words[index] == "\n":
                if self._line_ends_sentence(index):
                    return index + 1
            elif index + 1 >= len(words) or starts[index + 1] > ends[index] or words[index + 1] == "\n":
                if words[index] == "." and index > at and words[index - 1] in self._tokens.grammar.abbreviations:
                    continue
                # A question mark that stands by itself doubts what follows: "calcified mass, ? gout".
                if words[index] == "?" and words[index + 1 : index + 2] != ["\n"] and self._stands_alone(index):
                    continue
                return index + 1
        return count

    def _line_ends_sentence(self, index: int) -> bool:
        """Whether the line break at `index` ends a sentence, rather than wrapping it."""
        tokens = self._tokens
        if index + 1 >= len(tokens.words) or tokens.words[index + 1] == "\n" or tokens.words[index - 1] in ".:;?!":
            return True
        following = tokens.text[tokens.ends[index] : tokens.ends[index + 1]].lstrip(" \t")
        if following[:1] in "-*•–·" or following[:1].isdigit():
            return True
        if following[:1].islower():
            return False
        start = tokens.text.rfind("\n", 0, tokens.starts[index]) + 1
        return tokens.starts[index] - start < _WRAPPED_LINE or index + 1 in self._headings

    def _title(self, sentences: list[Sentence], headed: bool) -> None:
        """Mark a first line without heading as the exam's title, and a line of complaints after it as history."""
        if not sentences or sentences[0].part:
            return
        first = list(_line(sentences))
        start = first[0].subheading[0] if first[0].subheading else first[0].first
        if len(first) == len(sentences) or not self._is_title(start, first[-1].stop):
            self._title_sentence(sentences)
            return
        first[0].first, first[0].subheading = start, None
        for sentence in first:
            sentence.section = Section.EXAM
        rest = sentences[len(first) :]
        if rest[0].part or rest[0].subheading or not rest[0].opens:
            return
        second = list(_line(rest))
        more = len(second) < len(rest)
        if (more or headed) and not self._states(second[0].first, second[-1].stop):
            for sentence in second:
                sentence.section = Section.HISTORY

    def _title_sentence(self, sentences: list[Sentence]) -> None:
        """Mark a first sentence that names a place or kind of examination and states nothing ("R knee.") as title."""
        title = sentences[0]
        inside = range(title.first, title.stop)
        if len(sentences) == 1 or len(inside) > _LONGEST_TITLE_SENTENCE or title.subheading:
            return
        states = self._states(title.first, title.stop) or any(
            mention.first in inside for claims in self._claims for mention in claims
        )
        if not states and not self._named.isdisjoint(inside):
            title.section = Section.EXAM

    def _is_title(self, first: int, stop: int) -> bool:
        tokens = self._tokens
        if stop - first > _LONGEST_TITLE or any(index in self._minerals for index in range(first, stop)):
            return False
        line = tokens.text[tokens.starts[first] : tokens.ends[stop - 1]]
        return line.isupper() or any(index in self._modalities for index in range(first, stop))

    def _states(self, first: int, stop: int) -> bool:
        said = self._tokens.words[first:stop]
        return not (self._tokens.grammar.reporting.isdisjoint(said) and self._minerals.isdisjoint(range(first, stop)))


def _line(sentences: list[Sentence]) -> Iterator[Sentence]:
    for number, sentence in enumerate(sentences):
        if number and sentence.opens:
            return
        yield sentence
