"""The two ends that a score could reach if each unknown came out against the etiology, or for it.

Each item is asked whether some answer to its own open questions could meet it, and whether some could fail it; the low
end counts every support that may fail as failed and every objection that may hold as held, the high end the other way
round. Two items that ask for the same lab may so be supposed to differ: the interval is then a little wider than the
truth, never narrower.
"""

from cds_service.core.rules import Item, Rule
from cds_service.core.scoring import Verdicts, heaviest
from cds_service.core.unknowns import Supposing
from cds_service.core.verdict import MET, UNKNOWN
from cds_service.core.view import View


def score_interval(rule: Rule, verdicts: Verdicts, view: View, supposing: Supposing) -> tuple[int, int]:
    """The lowest and the highest score that the unknowns leave open, in points."""
    surely_for, maybe_for = _sure_and_possible(rule.supports, verdicts, view, supposing)
    surely_against, maybe_against = _sure_and_possible(rule.argues_against, verdicts, view, supposing)
    return rule.prior + surely_for - maybe_against, rule.prior + maybe_for - surely_against


def _sure_and_possible(
    items: tuple[Item, ...], verdicts: Verdicts, view: View, supposing: Supposing
) -> tuple[int, int]:
    """The points of the items that are met whatever comes, and of those that some answers would meet."""
    sure, possible = [], []
    for item in items:
        verdict = verdicts.of[id(item)]
        # No answer changes a known verdict, but for that of a guard, which holds for want of a fact.
        is_open = verdict is UNKNOWN or id(item) in supposing.questions.guarded
        could_be = set(supposing.possible(item, view)) if is_open else {verdict}
        if MET in could_be:
            possible.append(item)
            if len(could_be) == 1:
                sure.append(item)
    return _points(sure), _points(possible)


def _points(items: list[Item]) -> int:
    return sum(item.weight for item in heaviest(items).values())
