"""History that a text tells: what was before, of the patient, or of the family where an entry exists for that."""

from collections.abc import Iterable

from cds_service.core.facts import HistoryFact, State
from cds_service.core.findings.context import Clause
from cds_service.core.findings.lexicon import Layer, Mention
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.vocabulary import Mineral

_FAMILY = "family-"
_KNOWN = "known"
_NOT_TOLD = frozenset({"hypothetical", "qualified", "advice"})
_DOUBTFUL = frozenset({"uncertain", "cause", "object"})
_ORDER = {State.PRESENT: 0, State.UNCERTAIN: 1, State.DENIED: 2}


def facts_of(clause: Clause, tokens: Tokens, concepts: frozenset[str], resource: str, seen: bool) -> list[HistoryFact]:
    """The history that a clause tells.

    Args:
        clause: with its cues laid out.
        tokens: of the whole text.
        concepts: every history id.
        resource: carried into the facts.
        seen: the clause describes images: words that are findings there are not history, and denials deny no history.
    """
    facts: list[HistoryFact] = []
    for mention in clause.mentions[Layer.HISTORY]:
        categories = clause.categories(mention)
        if categories & _NOT_TOLD or (seen and _is_finding(mention, clause, categories, tokens)):
            continue
        state = (
            State.DENIED if "negation" in categories else State.UNCERTAIN if categories & _DOUBTFUL else State.PRESENT
        )
        if seen and state is State.DENIED:
            continue
        label = " ".join(tokens.text[tokens.starts[mention.first] : tokens.ends[mention.stop - 1]].split())
        for concept in mention.meanings:
            said = f"{_FAMILY}{concept}" if "family" in categories else str(concept)
            if said in concepts:
                facts.append(HistoryFact(said, state, label, resource))
    return facts


def merged(facts: Iterable[HistoryFact]) -> tuple[HistoryFact, ...]:
    """One fact per concept, in the order first told; present outweighs uncertain outweighs denied."""
    best: dict[str, HistoryFact] = {}
    for fact in facts:
        known = best.get(fact.concept)
        if known is None or _ORDER[fact.state] < _ORDER[known.state]:
            best[fact.concept] = fact
    return tuple(best.values())


def _is_finding(mention: Mention, clause: Clause, categories: set[str], tokens: Tokens) -> bool:
    """Whether the words are what the images show: a sign, or a diagnosis that is not said to be known or past."""
    if any(_overlap(mention, sign) for sign in clause.mentions[Layer.SIGN]):
        return True
    told = "historical" in categories or (mention.first > clause.first and tokens.words[mention.first - 1] == _KNOWN)
    return not told and any(
        _overlap(mention, name) and any(isinstance(m, Mineral) for m in name.meanings)
        for name in clause.mentions[Layer.MINERAL]
    )


def _overlap(one: Mention, other: Mention) -> bool:
    return one.first < other.stop and other.first < one.stop
