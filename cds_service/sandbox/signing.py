"""What the service says of a synthetic patient whose report is signed: asked as an EHR asks it, recorded nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.answer import Setting, answer
from cds_service.audit.record import Arrival
from cds_service.content.load import Content
from cds_service.core.ranking import kin_of
from cds_service.core.scoring import LIKELY
from cds_service.fhir.request import read_call
from cds_service.hooks.report_sign import SERVICE
from cds_service.sandbox.hook_request import Trigger, hook_request
from cds_service.sandbox.store import FhirStore
from cds_service.synthetic.story import SyntheticPatient

_DOMAIN = "calcification-cds.example"


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of one signature.

    Attributes:
        patient: the patient's id.
        story: the id of the story that the patient is drawn from.
        title: of the story.
        grade: of the story.
        there: the etiologies that may be named of the patient; none where any would be wrong.
        speaks: whether a card came.
        ranked: the etiologies that the card names, best first, each with its tier.
        right: those of them that are there, a broader or a narrower name of what is there included.
        alarms: the must-not-miss rules that spoke.
    """

    patient: str
    story: str
    title: str
    grade: str
    there: tuple[str, ...]
    speaks: bool
    ranked: tuple[tuple[str, str], ...]
    right: tuple[str, ...]
    alarms: tuple[str, ...]

    @property
    def likely(self) -> tuple[str, ...]:
        """The etiologies that are called likely, best first."""
        return tuple(etiology for etiology, tier in self.ranked if tier == LIKELY)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Those of them that are not there."""
        return tuple(etiology for etiology in self.likely if etiology not in self.right)

    @property
    def counts_for_something(self) -> bool:
        """Whether there was something to be said, or something was said."""
        return bool(self.there) or self.speaks


class Signing:
    """Signs reports of synthetic patients.

    Args:
        content: rules and wording.
        as_of: the moment of the signatures, with its zone.
    """

    def __init__(self, content: Content, as_of: datetime) -> None:
        self._setting = Setting(content, _DOMAIN, "", lambda _patient: "")
        self._as_of = as_of
        self._offer = SERVICE.discovery(_DOMAIN, content)
        self._etiologies = content.engine.rules.etiologies

    def signed(self, patient: SyntheticPatient) -> Signed:
        """One patient's unsigned report, signed."""
        instance = str(uuid5(NAMESPACE_URL, patient.patient_id))
        request = hook_request(FhirStore(patient.resources), self._offer, Trigger(patient.patient_id, instance))
        call = read_call(request, SERVICE.id, self._offer["hook"])
        given = answer(SERVICE, call, Arrival(self._as_of, self._as_of, "", "", lambda: 0), self._setting)
        ranked = tuple(_ranked(given.cards))
        right = {name for there in patient.truth.etiologies for name in kin_of(there, self._etiologies)}
        return Signed(
            patient=patient.patient_id,
            story=patient.story,
            title=patient.title,
            grade=patient.truth.grade,
            there=patient.truth.etiologies,
            speaks=bool(given.cards),
            ranked=ranked,
            right=tuple(etiology for etiology, _ in ranked if etiology in right),
            alarms=tuple(_alarms(given.record.body["reports"])),
        )


def _ranked(cards: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    listed = (card["extension"].get(f"{_DOMAIN}.differential", ()) for card in cards)
    yield from dict.fromkeys((one["etiology"], one["tier"]) for ranked in listed for one in ranked)


def _alarms(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for report in reports:
        yield from (alarm["rule"].partition("@")[0] for alarm in report["mustNotMiss"] if alarm["speaks"])
