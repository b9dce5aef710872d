"""History that a text tells: what was before, of the patient, or of the family where an entry exists for that."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cds_service.core.facts import HistoryFact, State
from cds_service.core.findings.context import Clause
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.times import Time, TimeReader, time_of
from cds_service.core.findings.vocabulary import Category, Denial, Mineral
from cds_service.core.history import FAMILY
from cds_service.core.history import merged as merged_by_concept

_NOT_TOLD = frozenset({Category.HYPOTHETICAL, Category.QUALIFIED, Category.ADVICE})
_DOUBTFUL = frozenset({Category.UNCERTAIN, Category.CAUSE, Category.OBJECT})


def facts_of(
    clause: Clause, tokens: Tokens, concepts: frozenset[str], resource: str, seen: bool, times: TimeReader
) -> list[HistoryFact]:
    """The history that a clause tells.

    Args:
        clause: with its cues laid out.
        tokens: of the whole text.
        concepts: every history id.
        resource: carried into the facts.
        seen: the clause describes images: words that are findings there are not history, and denials deny no history.
        times: reads when it was; the facts carry it as told, and `core.history.dated` makes days of it.
    """
    facts: list[HistoryFact] = []
    mentions = clause.mentions[Layer.HISTORY]
    named = times.times(tokens, clause.first, clause.stop)
    for mention in mentions:
        categories = clause.categories(mention)
        if categories & _NOT_TOLD or (seen and _is_finding(mention, clause, categories, tokens)):
            continue
        if any(time.first <= mention.first and mention.stop <= time.stop for time in named):
            continue
        state = _state(categories)
        time = time_of(mention, named, mentions, tokens.words) if named else None
        label = " ".join(tokens.text[tokens.starts[mention.first] : tokens.ends[mention.stop - 1]].split())
        for concept, said in _told(mention, state, categories):
            if concept in concepts and not (seen and said is State.DENIED):
                fact = HistoryFact(concept, said, label, resource)
                facts.append(_at(fact, time, Category.RESOLVED in categories) if said is not State.DENIED else fact)
    return facts


def merged(facts: Iterable[HistoryFact]) -> tuple[HistoryFact, ...]:
    """One fact per concept, in the order first told; present outweighs uncertain outweighs denied."""
    return tuple(merged_by_concept(facts).values())


def _state(categories: set[str]) -> State:
    if Category.NEGATION in categories:
        return State.DENIED
    return State.UNCERTAIN if categories & _DOUBTFUL else State.PRESENT


def _told(mention: Mention, state: State, categories: set[str]) -> Iterator[tuple[str, State]]:
    """What a phrase says, entry by entry. A phrase of normality denies; denied or in doubt, it says nothing."""
    for meaning in mention.meanings:
        if isinstance(meaning, Denial):
            if state is State.PRESENT and Category.FAMILY not in categories:
                yield meaning.concept, State.DENIED
        else:
            yield f"{FAMILY}{meaning}" if Category.FAMILY in categories else str(meaning), state


def _at(fact: HistoryFact, time: Time | None, over: bool) -> HistoryFact:
    """The fact with its time: that of its end where it is said to be over, else that of its beginning."""
    if over:
        onset, days = (time.onset, time.days) if time is not None else ("", None)
        return replace(fact, ended=onset, ended_days=days)
    if time is None:
        return fact
    return replace(fact, onset=time.onset, age_days=time.days, at_least=time.at_least, by_age=time.by_age)


def _is_finding(mention: Mention, clause: Clause, categories: set[str], tokens: Tokens) -> bool:
    """Whether the words are what the images show: a sign, or a diagnosis that is not said to be known or past."""
    if any(_overlap(mention, sign) for sign in clause.mentions[Layer.SIGN]):
        return True
    told = Category.HISTORICAL in categories or (
        mention.first > clause.first and tokens.words[mention.first - 1] in tokens.grammar.known
    )
    return not told and any(
        _overlap(mention, name) and any(isinstance(m, Mineral) for m in name.meanings)
        for name in clause.mentions[Layer.MINERAL]
    )


def _overlap(one: Mention, other: Mention) -> bool:
    return one.first < other.stop and other.first < one.stop
