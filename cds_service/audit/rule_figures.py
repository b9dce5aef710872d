"""How often a rule speaks, and what readers do with its cards: counted from the index over the record."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, func, select

from cds_service.audit import schema
from cds_service.audit.contents import Reading
from cds_service.audit.record import Outcome

LIKELY, POSSIBLE = "likely", "possible"
_ACCEPTED, _OVERRIDDEN = "accepted", "overridden"


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule in use. A call that was delivered twice counts once.

    Attributes:
        calls: that were answered, whatever came of them.
        likely, possible: of these, the ones in which the rule reached that tier and may be shown.
        shadow: the ones in which it reached a tier while nobody was to see it.
        shown: the ones with a card and the rule among what it could tell.
        accepted, overridden, unanswered: what became of those cards.
        since: the moment from which is counted, in UTC.
    """

    calls: int
    likely: int
    possible: int
    shadow: int
    shown: int
    accepted: int
    overridden: int
    unanswered: int
    since: str


def figures_of_rule(reading: Reading, rule: str, since: str) -> RuleFigures | None:
    """The figures of a rule; None where no answered call has been counted since then.

    Args:
        reading: gives a connection that only reads.
        rule: id of an etiology's rule.
        since: a moment as the record writes it.
    """
    with reading() as connection:
        calls = int(connection.scalar(_answered_since(since)) or 0)
        if not calls:
            return None
        row = connection.execute(_of_rule(rule, since)).one()
    shown, accepted, overridden = row.shown, row.accepted, row.overridden
    return RuleFigures(
        calls=calls,
        likely=row.likely,
        possible=row.possible,
        shadow=row.shadow,
        shown=shown,
        accepted=accepted,
        overridden=overridden,
        unanswered=shown - accepted - overridden,
        since=since,
    )


def _answered_since(since: str) -> Select[Any]:
    entries = schema.entries.c
    answered = and_(entries.received_at >= since, entries.outcome != Outcome.REFUSED)
    return select(func.count(distinct(entries.call_id))).where(answered)


def _of_rule(rule: str, since: str) -> Select[Any]:
    """One row of counts over the calls in which the rule reached a tier; first for each call, then for all."""
    fired, entries = schema.fired.c, schema.entries.c
    seen = fired.shadow.is_(False)
    shown = and_(seen, entries.outcome == Outcome.CARD)

    def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.max(case((condition, 1), else_=0))

    by_call = (
        select(
            one_if(and_(seen, fired.tier == LIKELY)).label("likely"),
            one_if(and_(seen, fired.tier == POSSIBLE)).label("possible"),
            one_if(fired.shadow.is_(True)).label("shadow"),
            one_if(shown).label("shown"),
            one_if(and_(shown, entries.answer == _ACCEPTED)).label("accepted"),
            one_if(and_(shown, entries.answer == _OVERRIDDEN)).label("overridden"),
        )
        .select_from(schema.fired.join(schema.entries, fired.call_seq == entries.call_seq))
        .where(fired.rule == rule, fired.received_at >= since)
        .group_by(entries.call_id)
        .subquery()
    )
    return select(*(func.coalesce(func.sum(column), 0).label(column.name) for column in by_call.c))
