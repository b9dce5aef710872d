"""Clauses, and what the cues of a clause make of each mention in it (ConText: negation, doubt, time, experiencer)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cds_service.core.facts import State
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.text import PUNCTUATION, Tokens
from cds_service.core.findings.times import is_year
from cds_service.core.findings.vocabulary import Category, Cue, Mark

_SILENT = frozenset({Category.HYPOTHETICAL, Category.FAMILY, Category.QUALIFIED, Category.ADVICE})
_DENYING = frozenset({Category.NEGATION, Category.RESOLVED})
_EXPLAINING = frozenset({Category.CAUSE, Category.OBJECT})
_BOTH_WAYS = 2
_YEAR_REACH = 5


@dataclass(slots=True)
class Clause:
    """A stretch of one sentence within which cues act: its mentions by layer, and the reach of each cue."""

    first: int
    stop: int
    mentions: tuple[list[Mention], ...]
    scopes: list[tuple[int, int, str]] = field(default_factory=list)
    _explanations: set[int] | None = None

    def explanations(self) -> set[int]:
        """Where words on the cause of a thing begin ("in keeping with"); worked out once, for each cue asks for it."""
        if self._explanations is None:
            self._explanations = {
                cue.first
                for cue in self.mentions[Layer.CUE]
                if any(isinstance(meaning, Cue) and meaning.category in _EXPLAINING for meaning in cue.meanings)
            }
        return self._explanations

    def categories(self, mention: Mention) -> set[str]:
        """The cue categories that reach a mention."""
        return {category for first, stop, category in self.scopes if first <= mention.first and mention.stop <= stop}


def clauses(first: int, stop: int, mentions: tuple[list[Mention], ...], tokens: Tokens) -> list[Clause]:
    """Cut the sentence from `first` to `stop` at semicolons and terminators, and lay out the cues of each clause."""
    cues = mentions[Layer.CUE]
    cuts = [mention.stop for mention in cues if Mark.TERMINATOR in mention.meanings]
    several = ";" in tokens.words[first:stop]
    if not cues and not several:
        return [Clause(first, stop, mentions)]
    if several:
        cuts += [index + 1 for index in range(first, stop) if tokens.words[index] == ";"]
    edges = [first, *sorted(cuts), stop]
    pieces = [(start, end) for start, end in pairwise(edges) if start < end]
    result = []
    for start, end in pieces:
        inside = (
            mentions if len(pieces) == 1 else tuple([m for m in layer if start <= m.first < end] for layer in mentions)
        )
        clause = Clause(start, end, inside)
        _lay_out(clause, tokens)
        result.append(clause)
    return result


def state_of(clause: Clause, mention: Mention, named: bool = False) -> State | None:
    """What the clause says of a mention; None where it says nothing of it here and now.

    Args:
        clause: with its cues laid out.
        mention: one of its mentions.
        named: the mention is the name of a diagnosis: words on the cause make it uncertain,
            and history is not a finding.
    """
    if not clause.scopes:
        return State.PRESENT
    categories = clause.categories(mention)
    if not categories:
        return State.PRESENT
    if categories & _SILENT or (named and Category.HISTORICAL in categories):
        return None
    if Category.COMPARISON in categories and mention in clause.mentions[Layer.MINERAL]:
        return None
    if categories & _DENYING:
        return State.DENIED
    if Category.UNCERTAIN in categories:
        return State.UNCERTAIN
    if Category.HISTORICAL in categories:
        return None
    if named and (Category.CAUSE in categories or Category.OBJECT in categories):
        return State.UNCERTAIN
    if Category.OBJECT in categories and not any(
        m.first < mention.first and Category.OBJECT not in clause.categories(m) for m in clause.mentions[Layer.MINERAL]
    ):
        return State.UNCERTAIN
    return State.PRESENT


def _lay_out(clause: Clause, tokens: Tokens) -> None:
    asides = _asides(clause, tokens) if "(" in tokens.words[clause.first : clause.stop] else []
    for mention in clause.mentions[Layer.CUE]:
        onwards = _begins_anew(mention, clause, tokens)
        for meaning in mention.meanings:
            if not isinstance(meaning, Cue) or meaning.category == Category.PSEUDO or (onwards and not meaning.forward):
                continue
            if not meaning.forward and meaning.category == Category.NEGATION and _is_of_before(mention, clause, tokens):
                continue
            if tokens.words[mention.first] == "?" and meaning.forward != _leans_forward(mention, tokens):
                continue
            if meaning.forward:
                reach = _forward_reach(clause, mention, tokens, meaning.category)
                # A mention may share its last words with the cue: "no acute" and "acute fracture".
                scope = (mention.first + 1, reach, meaning.category)
            else:
                scope = (_backward_reach(clause, mention, tokens), mention.first, meaning.category)
            clause.scopes += _outside(scope, mention, asides, clause, tokens) if asides else [scope]


def _is_of_before(cue: Mention, clause: Clause, tokens: Tokens) -> bool:
    """Whether a denial names the year that it speaks of: what was "not present in 2024" is there now."""
    return any(map(is_year, tokens.words[cue.stop : min(cue.stop + _YEAR_REACH, clause.stop)]))


def _begins_anew(cue: Mention, clause: Clause, tokens: Tokens) -> bool:
    """Whether a cue that can be read both ways opens a new statement: "calcified, no erosion", not "calcified: no"."""
    words = tokens.words
    if (
        len(cue.meanings) < _BOTH_WAYS
        or cue.first == clause.first
        or words[cue.first - 1] not in tokens.grammar.statement_starts
    ):
        return False
    if cue.stop >= clause.stop or words[cue.stop] in PUNCTUATION:
        return False
    return len({meaning.forward for meaning in cue.meanings if isinstance(meaning, Cue)}) == _BOTH_WAYS


def _asides(clause: Clause, tokens: Tokens) -> list[tuple[int, int]]:
    """The bracketed stretches of a clause: the tokens of their brackets. An open bracket ends with the clause."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for index in range(clause.first, clause.stop):
        if tokens.words[index] == "(" and start is None:
            start = index
        elif tokens.words[index] == ")" and start is not None:
            found.append((start, index))
            start = None
    return found if start is None else [*found, (start, clause.stop)]


def _outside(
    scope: tuple[int, int, str],
    cue: Mention,
    asides: Sequence[tuple[int, int]],
    clause: Clause,
    tokens: Tokens,
) -> list[tuple[int, int, str]]:
    """The scope of a cue where there are brackets.

    A cue in brackets reaches no further than they do, unless they hold nothing else that it could speak of; a
    denial outside them does not reach into brackets that affirm something: "not calcified (there is fat)".
    """
    first, stop, category = scope
    for start, end in asides:
        if start < cue.first < end:
            inside = (max(first, start + 1), min(stop, end), category)
            return [inside] if _holds_mention(clause, inside[0], inside[1]) else [scope]
    if category not in _DENYING:
        return [scope]
    affirming = tokens.grammar.affirming
    pieces: list[tuple[int, int, str]] = []
    for start, end in asides:
        if first <= start < stop and not affirming.isdisjoint(tokens.words[start:end]):
            pieces.append((first, start, category))
            first = end
    return [*pieces, (first, stop, category)]


def _holds_mention(clause: Clause, first: int, stop: int) -> bool:
    return any(
        first <= mention.first and mention.stop <= stop
        for layer in (Layer.MINERAL, Layer.SIGN, Layer.HISTORY)
        for mention in clause.mentions[layer]
    )


def _leans_forward(mention: Mention, tokens: Tokens) -> bool:
    """Whether a mark stands before the word that it doubts ("?gout", "mass, ? gout"), not behind it ("gout?")."""
    if mention.stop >= len(tokens.words) or tokens.words[mention.stop] in PUNCTUATION:
        return False
    behind = mention.first > 0 and tokens.starts[mention.first] == tokens.ends[mention.first - 1]
    return tokens.starts[mention.stop] == tokens.ends[mention.stop - 1] or not behind


def _forward_reach(clause: Clause, cue: Mention, tokens: Tokens, category: str) -> int:
    """How far a cue reaches.

    A denial ends at a colon, which begins something of its own, and at a comma after which something is affirmed or
    explained, unless the list goes on to "or".
    """
    words = tokens.words
    if category not in _DENYING and category != Category.QUALIFIED:
        return clause.stop
    stop = _next(":", words, cue.stop, clause.stop)
    comma = _next(",", words, cue.stop, stop)
    if comma == stop:
        return stop
    explained = clause.explanations()
    if comma + 1 in explained:
        return comma
    rest = words[comma + 1 : stop]
    affirming, last_of_list = tokens.grammar.affirming, tokens.grammar.last_of_list
    if not last_of_list.isdisjoint(rest):
        return _after_list(words, comma, stop, last_of_list)
    if not affirming.isdisjoint(rest):
        return next(
            index
            for index in range(comma, stop)
            if words[index] == "," and not affirming.isdisjoint(_member(words, index, stop))
        )
    return next((first - 1 for first in sorted(explained) if first > comma and words[first - 1] == ","), stop)


def _next(mark: str, words: Sequence[str], first: int, stop: int) -> int:
    """Where a mark stands next from token `first` on, or `stop`."""
    between = words[first:stop]
    return first + between.index(mark) if mark in between else stop


def _member(words: Sequence[str], comma: int, stop: int) -> Sequence[str]:
    """The words after a comma up to the next."""
    return words[comma + 1 : _next(",", words, comma + 1, stop)]


def _after_list(words: Sequence[str], index: int, stop: int, last_of_list: frozenset[str]) -> int:
    """Where a denied list that goes on to "or" ends: at the comma after its last member, else with the clause."""
    last = max(position for position in range(index, stop) if words[position] in last_of_list)
    return _next(",", words, last, stop)


def _backward_reach(clause: Clause, cue: Mention, tokens: Tokens) -> int:
    """Back to the last comma, or over the whole list before "and" or "or"; never over "there is"."""
    words = tokens.words
    start = clause.first
    comma = None
    for index in range(cue.first - 1, clause.first, -1):
        if (words[index - 1], words[index]) in tokens.grammar.openings:
            start = index + 1
            break
        if words[index] == "," and comma is None:
            comma = index
    if comma is not None and comma >= start and tokens.grammar.within_list.isdisjoint(words[comma + 1 : cue.first]):
        # "calcification, not seen": nothing but the cue follows the comma, so it speaks of what is before it.
        return comma + 1 if _holds_mention(clause, comma + 1, cue.first) else start
    return start
