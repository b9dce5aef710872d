"""The two ends that a score could reach if each unknown came out against the etiology, or for it.

Domains are independent sums, so the ends are found domain by domain, over every combination of the domain's own
unknowns. A lab that two domains ask for may be supposed to differ between them; the interval is then a little wider
than the truth, never narrower.
"""

from collections import defaultdict
from itertools import product

from cds_service.core.rules import Item, Rule
from cds_service.core.scoring import counted_items
from cds_service.core.unknowns import Questions, RangeOf, Unknown, unknowns_of
from cds_service.core.view import View

MOST_COMBINATIONS = 4096
"""Beyond this a domain's unknowns are supposed one at a time; the content check keeps rules well below it."""


def score_interval(rule: Rule, view: View, questions: Questions, range_of: RangeOf) -> tuple[int, int]:
    """The lowest and the highest score that the unknowns leave open, in points."""
    domains: dict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for item in rule.supports:
        domains[item.domain][0].append(item)
    for item in rule.argues_against:
        domains[item.domain][1].append(item)
    low = high = rule.prior
    for supports, against in domains.values():
        unknowns = unknowns_of((*supports, *against), view, questions, range_of)
        points = [_points(supports, against, supposed) for supposed in _combinations(view, unknowns)]
        low += min(points)
        high += max(points)
    return low, high


def _points(supports: list[Item], against: list[Item], view: View) -> int:
    gained = sum(item.weight for item in counted_items(supports, view).values())
    return gained - sum(item.weight for item in counted_items(against, view).values())


def _combinations(view: View, unknowns: list[Unknown]) -> list[View]:
    size = 1
    for unknown in unknowns:
        size *= len(unknown.answers)
    if size > MOST_COMBINATIONS:
        return [view, *(supposed for unknown in unknowns for supposed in unknown.views(view))]
    views = []
    for answers in product(*(unknown.answers for unknown in unknowns)):
        supposed = view
        for answer in answers:
            supposed = answer(supposed)
        views.append(supposed)
    return views
