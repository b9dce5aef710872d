"""What a replay is about, asked of the record once, at its start."""

from dataclasses import replace
from typing import Any

from cds_service.audit.recorded import Recorded
from cds_service.content.load import Content
from cds_service.core.rule_changes import file_changes
from cds_service.replay.run import wanted_by
from cds_service.replay.state import State
from cds_service.replay.vocabularies import gaps_between

Json = dict[str, Any]

_VOCABULARY = "vocabulary/"


def asked_of(recorded: Recorded, state: State, content: Content) -> tuple[State, dict[str, Json]]:
    """The state with what the record holds for its question, and the snapshots of the contents that judged then.

    A replay that goes on keeps to the calls that it began with.

    Args:
        recorded: the record.
        state: how far it is; at its beginning nothing has been counted.
        content: the candidate.

    Raises:
        StartError: the record cannot be read.
    """
    if not state.question.versions:
        found = recorded.found(wanted_by(state.question))
        state.question = replace(
            state.question,
            last=found.last,
            calls=found.calls,
            repeats=found.repeats,
            refused=found.refused,
            versions=found.versions,
        )
    kept = {version: recorded.content(version) for version in state.question.versions}
    snapshots = {version: snapshot for version, snapshot in kept.items() if snapshot is not None}
    units = {
        f"{lab} was read in another unit: {told}"
        for snapshot in snapshots.values()
        for lab, told in (gaps_between(snapshot, content).units or {}).items()
    }
    words = {
        f"{change.what} is another now, and nothing was read again by it"
        for snapshot in snapshots.values()
        for change in file_changes(snapshot, content.snapshot) or ()
        if _VOCABULARY in change.what
    }
    state.question = replace(state.question, notes=(*sorted(units), *sorted(words)))
    return state, snapshots
