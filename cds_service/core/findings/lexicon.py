"""All phrases of the vocabulary in one trie over folded words, and what a text matches of it.

A trie over words, not an automaton over characters: the text is in words already, most words start no phrase, and each
match comes with its token positions. One pass; the longest phrase from the leftmost word wins within a layer, so
"ossification centre" leaves no "ossification" behind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from cds_service.core.findings.text import PUNCTUATION, TOKEN, Tokens, folding
from cds_service.core.findings.vocabulary import TextVocabulary


class Layer(IntEnum):
    """Phrases compete for words within a layer; layers do not disturb one another."""

    MINERAL = 0
    PLACE = 1
    SIGN = 2
    HISTORY = 3
    CUE = 4
    HEADING = 5
    MODALITY = 6
    NEAR = 7


@dataclass(slots=True)
class Mention:
    """A phrase found: tokens `first` up to but not including `stop`, and every meaning its form has in the layer."""

    first: int
    stop: int
    meanings: tuple[object, ...]


@dataclass(slots=True)
class Node:
    """A step of the trie: the words that may follow, and what ends here, by layer."""

    steps: dict[str, "Node"] = field(default_factory=dict)
    ends: tuple[tuple[Layer, tuple[object, ...]], ...] = ()


ADJACENT = "adjacent"
RELATED = "related"
TERMINATOR = "terminator"
BREAK = "break"


class Lexicon:
    """The compiled phrases. Immutable after construction; safe to share between threads."""

    def __init__(self, vocabulary: TextVocabulary) -> None:
        self.fold: Callable[[str], str] = folding(vocabulary.spellings)
        self._root = Node()
        phrases: dict[tuple[str, ...], dict[Layer, list[object]]] = {}
        for layer, form, meaning in _forms(vocabulary):
            words = self.phrase(form)
            if words:
                meanings = phrases.setdefault(words, {}).setdefault(layer, [])
                if meaning not in meanings:
                    meanings.append(meaning)
        for words, layers in phrases.items():
            node = self._root
            for word in words:
                node = node.steps.setdefault(word, Node())
            node.ends = tuple((layer, tuple(meanings)) for layer, meanings in layers.items())
        self.known = frozenset(word for words in phrases for word in words)

    def phrase(self, form: str) -> tuple[str, ...]:
        """The folded words of a form; punctuation is dropped but for a question mark."""
        words = (match.group() for match in TOKEN.finditer(form))
        return tuple(
            word if word == "?" else self.fold(word) for word in words if word == "?" or word not in PUNCTUATION
        )

    def scan(self, tokens: Tokens) -> tuple[list[Mention], ...]:
        """What the text mentions, by layer, in order. Linear in the number of words."""
        found: tuple[list[Mention], ...] = tuple([] for _ in Layer)
        free = [0] * len(Layer)
        words = tokens.words
        count = len(words)
        steps = self._root.steps
        for first, word in enumerate(words):
            node = steps.get(word)
            if node is None:
                continue
            stop = first + 1
            longest: dict[Layer, tuple[int, tuple[object, ...]]] = {}
            while node is not None:
                for layer, meanings in node.ends:
                    longest[layer] = (stop, meanings)
                # A phrase may run over the end of a line, never over other punctuation.
                step = stop + 1 if stop + 1 < count and words[stop] == "\n" else stop
                if step >= count:
                    break
                node = node.steps.get(words[step])
                stop = step + 1
            for layer, (end, meanings) in longest.items():
                if first >= free[layer]:
                    found[layer].append(Mention(first, end, meanings))
                    free[layer] = end
        return found


def _forms(vocabulary: TextVocabulary) -> list[tuple[Layer, str, object]]:
    pairs: list[tuple[Layer, str, object]] = []
    pairs += [(Layer.MINERAL, form, meaning) for form, meaning in vocabulary.mineral_forms]
    pairs += [(Layer.PLACE, form, meaning) for form, meaning in vocabulary.place_forms]
    pairs += [(Layer.SIGN, form, meaning) for form, meaning in vocabulary.sign_forms]
    pairs += [(Layer.HISTORY, form, meaning) for form, meaning in vocabulary.history_forms]
    pairs += [(Layer.CUE, form, meaning) for form, meaning in vocabulary.cue_forms]
    pairs += [(Layer.CUE, form, TERMINATOR) for form in vocabulary.terminator_forms]
    pairs += [(Layer.HEADING, form, meaning) for form, meaning in vocabulary.heading_forms]
    pairs += [(Layer.MODALITY, form, form) for form in vocabulary.modality_forms]
    pairs += [(Layer.NEAR, form, ADJACENT) for form in vocabulary.adjacency_forms]
    pairs += [(Layer.NEAR, form, RELATED) for form in vocabulary.relation_forms]
    pairs += [(Layer.NEAR, form, BREAK) for form in vocabulary.list_breaks]
    return pairs
