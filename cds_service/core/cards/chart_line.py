"""One line of a card on what the chart did not give: not provided, none on file and not reached are three things."""

from cds_service.core.cards.card import Speaker
from cds_service.core.facts import Facts

_PATIENT = "patient"


def chart_line(speaker: Speaker, facts: Facts) -> str:
    """What of the chart is missing, by the reason; empty where all of it came."""
    common = speaker.words.common
    names = common.get("chart.names")
    by_reason: dict[str, list[str]] = {}
    for part, why in facts.chart_gaps.items():
        by_reason.setdefault(str(why), []).append(names.get(part, part))
    if not by_reason:
        return ""
    # The patient alone is no chart.
    if len(by_reason) == 1 and names.keys() - facts.chart_gaps.keys() <= {_PATIENT}:
        return common.say("chart.nothing", state=next(iter(by_reason)))
    parts = [common.say("chart.part", state=why, names=", ".join(named)) for why, named in by_reason.items()]
    return common.say("chart.line", parts="; ".join(parts))
