"""One recorded call, judged again from what the record holds: the facts, and what was given beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cds_service.audit.body import JudgedReport
from cds_service.audit.given import ReadReport, read_again
from cds_service.audit.record import AuditRecord
from cds_service.content.load import Content
from cds_service.decision import Asked, decide
from cds_service.fhir.outgoing import CallIdentity, Subject
from cds_service.hooks import SERVICES
from cds_service.replay.vocabularies import NO_GAPS, Gaps, fitted, fitted_facts, gaps_between

UNNAMED = "not-kept"
"""Stands for the patient where a card proposes an order and the recorded one proposed none: the id is not kept."""

Json = dict[str, Any]


class CannotReplay(Exception):
    """A record from which the call cannot be judged again; the message says why, without patient data."""


@dataclass(frozen=True)
class Judge:
    """Judges recorded calls by one content.

    Attributes:
        content: rules and wording.
        snapshots: the content versions on record, by version.
    """

    content: Content
    snapshots: Mapping[str, Json]
    _fitted: dict[tuple[str, frozenset[str]], tuple[Content, Gaps]] = field(default_factory=dict)

    def gaps(self, version: str) -> Gaps:
        """What the content asks for and this recorded version did not read."""
        return self._for(version)[1]

    def again(self, record: AuditRecord) -> Json:
        """The body of the record as the content would make it, without the facts and what stands beside the cards.

        Raises:
            CannotReplay: the record does not hold what is needed.
        """
        if record.service not in SERVICES:
            raise CannotReplay(f"the service {record.service} is not there any more")
        # What was switched off then is off again: a candidate is asked what its rules would have changed.
        content, gaps = self._for(record.content_version, frozenset(record.body.get("switchedOff", ())))
        stored = record.body["reports"]
        earlier = [report.get("given", {}).get("earlier", "") for report in stored]

        def told_before(place: int, _judged: JudgedReport) -> str:
            # Had the content been in force all along, it would have judged the earlier call, too.
            return str(earlier[place])

        return decide(content, _asked(record), _reports(stored, gaps), told_before).body()

    def _for(self, version: str, off: frozenset[str] = frozenset()) -> tuple[Content, Gaps]:
        if (version, off) not in self._fitted:
            own = version == self.content.version
            gaps = NO_GAPS if own else gaps_between(self.snapshots.get(version), self.content)
            content = fitted(self.content, gaps)
            self._fitted[version, off] = (content.without(off) if off else content, gaps)
        return self._fitted[version, off]


def kept_whole(record: AuditRecord) -> bool:
    """Whether the record holds everything that its cards were made from: those before replay do not."""
    return "given" in record.body


def _asked(record: AuditRecord) -> Asked:
    given = record.body.get("given", {})
    return Asked(
        manner=SERVICES[record.service].manner,
        ordered=frozenset(given.get("ordered", ())),
        who=_who(record.body["cards"]),
        ids=CallIdentity(
            UUID(record.call_id), given.get("domain", ""), given.get("pages", ""), given.get("source", "")
        ),
    )


def _reports(stored: list[Json], gaps: Gaps) -> Iterator[ReadReport]:
    for report in stored:
        read = read_again(report)
        # A record from before replay says why a report was not read only where it says what was found: nothing.
        unread = read.silent or ("" if report["outcomes"] else report.get("silent", ""))
        yield replace(read, silent=unread, facts=fitted_facts(read.facts, gaps))


def _who(cards: list[Json]) -> Subject:
    """Patient and encounter, as the proposals on the recorded cards name them."""
    for resource in _proposed(cards):
        patient = str(resource["subject"]["reference"]).removeprefix("Patient/")
        return Subject(patient, str(resource.get("encounter", {}).get("reference", "")).removeprefix("Encounter/"))
    return Subject(UNNAMED, "")


def _proposed(cards: list[Json]) -> Iterator[Json]:
    for card in cards:
        for suggestion in card.get("suggestions", ()):
            for action in suggestion["actions"]:
                if action["type"] == "create":
                    yield action["resource"]
