"""How often a rule speaks, and what readers do with its cards: the same counts as the console shows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from cds_service.audit import schema, tally
from cds_service.audit.console.figures import counts
from cds_service.audit.console.scope import Scope
from cds_service.audit.contents import Reading
from cds_service.audit.index_feedback import ACCEPTED, OVERRIDDEN
from cds_service.audit.record import Outcome

LIKELY, POSSIBLE = "likely", "possible"


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule in use. A call that was delivered twice counts once.

    Attributes:
        calls: that were answered, whatever came of them.
        likely, possible: of these, the ones in which the rule reached that tier and may be shown.
        shadow: the ones in which it reached a tier while nobody was to see it.
        shown: the ones whose card told it.
        accepted, overridden, unanswered: what became of those cards.
        since: the first day that is counted, in UTC.
        purged: how many of the calls were purged since they were counted, and can be looked at no more.
    """

    calls: int
    likely: int
    possible: int
    shadow: int
    shown: int
    accepted: int
    overridden: int
    unanswered: int
    since: date
    purged: int


def figures_of_rule(reading: Reading, rule: str, since: date, until: date) -> RuleFigures | None:
    """The figures of a rule; None where no answered call was counted in the period.

    Args:
        reading: gives a connection that only reads.
        rule: id of an etiology's rule.
        since: the first day, in UTC.
        until: the last.
    """
    with reading() as connection:
        scope = Scope(since, until)
        answered = {one.subject: one.calls for one in counts(connection, scope, tally.CALL, "subject")}
        calls = sum(many for outcome, many in answered.items() if outcome != Outcome.REFUSED)
        if not calls:
            return None
        tiers = _by_detail(connection, scope, tally.RULE, rule)
        said = _by_detail(connection, scope, tally.ANSWERED, rule)
        shown = sum(_by_detail(connection, scope, tally.TOLD, rule).values())
        return RuleFigures(
            calls=calls,
            likely=tiers.get(LIKELY, 0),
            possible=tiers.get(POSSIBLE, 0),
            shadow=sum(_by_detail(connection, scope, tally.SHADOW, rule).values()),
            shown=shown,
            accepted=said.get(ACCEPTED, 0),
            overridden=said.get(OVERRIDDEN, 0),
            unanswered=shown - said.get(ACCEPTED, 0) - said.get(OVERRIDDEN, 0),
            since=since,
            purged=_purged(connection, scope, calls),
        )


def _by_detail(connection: Connection, scope: Scope, kind: str, rule: str) -> dict[str, int]:
    return {one.detail: one.calls for one in counts(connection, scope, kind, "detail", subject=rule)}


def _purged(connection: Connection, scope: Scope, calls: int) -> int:
    """How many of the calls are counted and are there no more; counted only where a purge reached into the period."""
    reached = connection.scalar(select(func.max(schema.purges.c.before)))
    if reached is None or reached <= scope.since.isoformat():
        return 0
    entries = schema.entries.c
    there = select(func.count()).where(
        entries.received_at >= scope.since.isoformat(),
        entries.received_at < scope.ends_before,
        entries.repeated.is_(False),
        entries.outcome != Outcome.REFUSED,
    )
    return calls - int(connection.scalar(there) or 0)
