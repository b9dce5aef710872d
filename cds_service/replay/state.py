"""How far a replay has come, in a file: an interrupted one goes on from there, and a page shows it."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cds_service.errors import StartError
from cds_service.replay.counts import Counts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a replay asks; one that goes on asks the same.

    Attributes:
        candidate: what the rules are called by whoever asks, such as their folder.
        version: of the candidate's rules and wording.
        since, until: the period, as the record writes moments.
        service, client, rule: the only one of each; empty for all.
        last: the place in the record with which the replay ends.
        calls: how many calls that are.
        repeats: further deliveries of these.
        refused: calls of the period that hold nothing to judge.
        versions: the content versions that judged the calls.
        notes: what of the vocabulary is another in the candidate, so that facts might be read otherwise.
        pages: where the pages of calls are; empty where none are served.
    """

    candidate: str
    version: str
    since: str
    until: str
    service: str
    client: str
    rule: str
    last: int = 0
    calls: int = 0
    repeats: int = 0
    refused: int = 0
    versions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pages: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """What must be the same for a replay to go on."""
        return (self.version, self.since, self.until, self.service, self.client, self.rule)


@dataclass
class State:
    """How far it is.

    Attributes:
        question: what is asked.
        place: the last call that is counted, by its place in the record.
        lines: bytes of the file of lines that belong to what is counted.
        counts: so far.
        done: whether it is at its end.
    """

    question: Question
    place: int = 0
    lines: int = 0
    counts: Counts = field(default_factory=Counts)
    done: bool = False

    def keep(self, file: Path) -> None:
        """Write it to a file, whole or not at all."""
        data = {
            "question": asdict(self.question),
            "place": self.place,
            "lines": self.lines,
            "counts": self.counts.as_json(),
            "done": self.done,
        }
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        with fresh.open("w", encoding="utf-8") as written:
            json.dump(data, written)
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(file)


def state_in(file: Path) -> State:
    """The state that a file holds.

    Raises:
        StartError: it holds none.
    """
    try:
        data: Json = json.loads(file.read_text(encoding="utf-8"))
        asked = data["question"]
        question = Question(**{**asked, "versions": tuple(asked["versions"]), "notes": tuple(asked["notes"])})
        counts = Counts.from_json(data["counts"])
        return State(question, data["place"], data["lines"], counts, data["done"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StartError(f"{file} is not the state of a replay. Remove it to begin anew.") from None


def going_on(file: Path, question: Question) -> State:
    """The state of an earlier run with the same question; a new one where there is no file.

    Raises:
        StartError: the file is the state of another question.
    """
    if not file.exists():
        return State(question)
    state = state_in(file)
    if state.question.asked != question.asked:
        raise StartError(
            f"{file} is the state of a replay with other rules, another period or other filters. "
            "Ask the same again, or name another file."
        )
    return state
