"""All phrases of the vocabulary in one Aho-Corasick automaton over folded words, and what a text matches of it.

One pass over the text whatever it holds; the longest phrase from the leftmost word wins within a layer, so that
"ossification centre" leaves no "ossification" behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, count
from typing import Final

import ahocorasick

from cds_service.core.findings.misspelling import Corrections
from cds_service.core.findings.text import PUNCTUATION, TOKEN, Tokens, folding, reading, tokenise
from cds_service.core.findings.vocabulary import Mark, TextVocabulary


class Layer:
    """Phrases compete for words within a layer; layers do not disturb one another.

    Plain numbers rather than an Enum: they index the mentions of every clause, and an Enum's members are slow to reach.
    """

    MINERAL: Final = 0
    PLACE: Final = 1
    SIGN: Final = 2
    HISTORY: Final = 3
    CUE: Final = 4
    HEADING: Final = 5
    MODALITY: Final = 6
    NEAR: Final = 7


_LAYERS = Layer.NEAR + 1


def empty_layers() -> tuple[list["Mention"], ...]:
    """No mentions in any layer."""
    return tuple([[] for _ in range(_LAYERS)])


@dataclass(slots=True)
class Mention:
    """A phrase found: tokens `first` up to but not including `stop`, and every meaning its form has in the layer."""

    first: int
    stop: int
    meanings: tuple[object, ...]


class Lexicon:
    """The compiled phrases. Immutable after construction; safe to share between threads."""

    def __init__(self, vocabulary: TextVocabulary) -> None:
        self.fold: Callable[[str], str] = folding(vocabulary.orthography)
        self._grammar = vocabulary.grammar.folded(self.fold)
        phrases: dict[tuple[str, ...], dict[int, list[object]]] = {}
        for layer, form, meaning in _forms(vocabulary):
            words = self.phrase(form)
            if words:
                meanings = phrases.setdefault(words, {}).setdefault(layer, [])
                if meaning not in meanings:
                    meanings.append(meaning)
        self._automaton = ahocorasick.Automaton()
        for words, layers in phrases.items():
            ends = tuple((layer, tuple(meanings)) for layer, meanings in layers.items())
            self._automaton.add_word(f" {' '.join(words)} ", (len(words), ends))
        self._automaton.make_automaton()
        self._known = frozenset(word for words in phrases for word in words)
        self._of_time = frozenset(word for form in vocabulary.times for word in self.phrase(form))
        never = frozenset(map(self.fold, vocabulary.orthography.never_corrected))
        self._read = reading(self.fold, Corrections(self.words(), never))

    def tokenise(self, text: str) -> Tokens:
        """The words of a text, folded."""
        return tokenise(text, self._read, self._grammar, self._known)

    def phrase(self, form: str) -> tuple[str, ...]:
        """The folded words of a form; punctuation is dropped but for a question mark."""
        words = (match.group() for match in TOKEN.finditer(form))
        return tuple(
            word if word == "?" else self.fold(word) for word in words if word == "?" or word not in PUNCTUATION
        )

    def words(self) -> frozenset[str]:
        """Every word that the vocabulary knows, folded."""
        return self._known.union(self._grammar, self._of_time)

    def scan(self, tokens: Tokens) -> tuple[list[Mention], ...]:
        """What the text mentions, by layer, in order. Linear in the number of words."""
        # A phrase may run over the end of a line, so a single line break is left out of what is searched; never over
        # an empty line or other punctuation, which stay in it.
        words = tokens.words
        kept = [index for index, word in enumerate(words) if word != "\n" or (index and words[index - 1] == "\n")]
        searched = [words[index] for index in kept]
        ends = dict(zip(accumulate([len(word) + 1 for word in searched]), count(1), strict=False))
        hits = [
            (ends[end] - length, -length, meant)
            for end, (length, meant) in self._automaton.iter(f" {' '.join(searched)} ")
        ]
        # No two phrases have the same words, so what they mean is never compared.
        hits.sort()
        found = empty_layers()
        free = [0] * _LAYERS
        for first, length, meant in hits:
            stop = first - length
            for layer, meanings in meant:
                # The end of one line and the start of the next are no heading together.
                if first >= free[layer] and (layer != Layer.HEADING or kept[stop - 1] - kept[first] == -length - 1):
                    found[layer].append(Mention(kept[first], kept[stop - 1] + 1, meanings))
                    free[layer] = stop
        return found


def _forms(vocabulary: TextVocabulary) -> list[tuple[int, str, object]]:
    pairs: list[tuple[int, str, object]] = []
    pairs += [(Layer.MINERAL, form, meaning) for form, meaning in vocabulary.mineral_forms]
    pairs += [(Layer.PLACE, form, meaning) for form, meaning in vocabulary.place_forms]
    pairs += [(Layer.SIGN, form, meaning) for form, meaning in vocabulary.sign_forms]
    pairs += [(Layer.HISTORY, form, meaning) for form, meaning in vocabulary.history_forms]
    pairs += [(Layer.HISTORY, form, meaning) for form, meaning in vocabulary.denial_forms]
    pairs += [(Layer.CUE, form, meaning) for form, meaning in vocabulary.cue_forms]
    pairs += [
        (Layer.CUE if mark == Mark.TERMINATOR else Layer.NEAR, form, mark) for form, mark in vocabulary.mark_forms
    ]
    pairs += [(Layer.HEADING, form, meaning) for form, meaning in vocabulary.heading_forms]
    pairs += [(Layer.MODALITY, form, form) for form in vocabulary.modality_forms]
    return pairs
