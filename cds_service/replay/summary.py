"""A replay as lines of text: how many calls come out otherwise, which rules, why, and examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.replay.comparing import CHANGED, GAINED, LOST, SAME, UNSEEN
from cds_service.replay.counts import moves
from cds_service.replay.one import BEFORE_REPLAY, CANNOT, ELSEWHERE, UNSURE
from cds_service.replay.state import State

KINDS = {
    SAME: "same to the byte",
    GAINED: "gain a card",
    LOST: "lose a card",
    CHANGED: "have a card that says something else",
    UNSEEN: "are judged otherwise, and no card shows it",
    ELSEWHERE: "are otherwise for other rules only",
    UNSURE: "are unsure: the rules ask for what was not read then",
    BEFORE_REPLAY: "are compared by their differential only: recorded before replay was there",
    CANNOT: "cannot be judged again",
}
"""The kinds of calls, in the order in which they are told, and how."""
NOT_READ_AGAIN = (
    "Facts are as they were read then: what other words, codes or ways of reading would find in reports and charts "
    "does not show here."
)
_CAUSES = 4

Json = Mapping[str, Any]


def summary(state: State) -> Iterator[str]:
    """The lines."""
    question, counts = state.question, state.counts
    done = counts.calls["calls"]
    of = "" if state.done else f" of {question.calls}, not done yet"
    yield f"{done} calls{of}, recorded {_period(state)}, judged again by {question.candidate} ({question.version})"
    yield f"  judged then by {', '.join(question.versions) or 'none'}"
    if question.repeats or question.refused:
        yield f"  left out: {question.repeats} repeated deliveries, {question.refused} refused calls"
    yield ""
    for kind, words in KINDS.items():
        if counts.calls[kind] or kind == SAME:
            yield f"  {counts.calls[kind]:7}  {words}"
            if kind == CHANGED:
                yield f"           {_what(counts.calls)}"
    yield from (f"  note: {note}" for note in question.notes)
    yield from _rules(state)
    yield from _examples(state)
    yield f"\n{NOT_READ_AGAIN}"


def _period(state: State) -> str:
    since, until = state.question.since, state.question.until
    return f"since {since}" + (f" and before {until}" if until else "")


def _what(calls: Json) -> str:
    told = [f"{key.removeprefix('what: ')} {number}" for key, number in calls.items() if key.startswith("what: ")]
    return "what is otherwise, over all calls: " + ", ".join(sorted(told))


def _rules(state: State) -> Iterator[str]:
    if state.counts.causes:
        yield "\nBy rule, in reports"
    for rule in sorted(state.counts.causes):
        yield f"  {rule}"
        for was, now, number in moves(state.counts.tiers.get(rule, {})):
            yield f"    {number:5}  {was if was == now else f'{was} → {now}'}"
        causes = state.counts.causes[rule].most_common(_CAUSES)
        yield from (f"           by {told} ({number})" for told, number in causes)


def _examples(state: State) -> Iterator[str]:
    for kind, lines in state.counts.examples.items():
        yield f"\nFor example, of those that {KINDS[kind].partition(':')[0]}"
        for line in lines:
            yield f"  {state.question.pages}/calls/{line['call']}" if state.question.pages else f"  {line['call']}"
            yield from (f"    {told}" for told in example_lines(line))


def example_lines(line: Json) -> Iterator[str]:
    """What is otherwise about one call, from its line."""
    if "cannot" in line:
        yield line["cannot"]
    yield from (f"gains: {summary}" for _, summary in line.get("gained", ()))
    yield from (f"loses: {summary}" for _, summary in line.get("lost", ()))
    for _, was, now in line.get("changed", ()):
        yield f"says: {now}" if was != now else f"says otherwise: {now}"
    yield from (f"must not miss: {alarm} {told}" for alarm, told in line.get("alarms", ()))
    for change in line.get("rules", ()):
        deciding = "; ".join(decider[1] for decider in change["deciding"])
        (_, was, _), (_, now, _) = change["points"]
        tier = change["was"] if change["was"] == change["now"] else f"{change['was']} → {change['now']}"
        yield f"{change['rule']}: {tier}, points {was} → {now}" + (f" ({deciding})" if deciding else "")
    if "unsure" in line:
        yield f"not read then: {', '.join(line['unsure'])}"
