"""The parts that the resources of a synthetic patient have in common."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from cds_service.fhir.systems import HL7
from cds_service.synthetic.world import Hospital, Term, World

Json = dict[str, Any]


def coding(system: str, code: str, display: str = "") -> Json:
    """A Coding."""
    return {"system": system, "code": code, **({"display": display} if display else {})}


def coded(system: str, code: str, display: str = "") -> Json:
    """A CodeableConcept of one code."""
    return {"coding": [coding(system, code, display)]}


def concept(term: Term) -> Json:
    """The CodeableConcept of a term: its verified codes, if any, and its text."""
    codings = [coding(*each) for each in term.codings]
    return {**({"coding": codings} if codings else {}), "text": term.text}


class Sheet:
    """Makes the resources of one patient: ids, subject, mark and dates.

    Args:
        patient_id: a FHIR id, with room for what is added to it.
        as_of: the moment of the report, with its zone.
    """

    def __init__(self, world: World, hospital: Hospital, patient_id: str, as_of: datetime) -> None:
        self.patient_id = patient_id
        self.hospital = hospital
        self.subject = {"reference": f"Patient/{patient_id}"}
        system, (code, display) = f"{HL7}v3-ActReason", world.terms.mark
        self._meta = {"tag": [coding(system, code, display)]}
        self._as_of = as_of.astimezone(_zone(hospital.zone))
        self.today: date = self._as_of.date()

    def resource(self, kind: str, name: str, fields: Mapping[str, Any]) -> Json:
        """A resource. `name`: what is added to the patient's id; empty for the Patient itself."""
        own = f"{self.patient_id}-{name}" if name else self.patient_id
        return {"resourceType": kind, "id": own, "meta": self._meta, **fields}

    def day(self, ago: int) -> str:
        """The date so many days ago."""
        return (self.today - timedelta(days=ago)).isoformat()

    def moment(self, ago: int, hour: int, minute: int) -> str:
        """A moment of the day so many days ago, by the clock of the house."""
        return f"{self.day(ago)}T{hour:02}:{minute:02}:00{self.hospital.zone}"

    def before(self, minutes: int) -> str:
        """The moment so many minutes before the report."""
        return (self._as_of - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def _zone(offset: str) -> timezone:
    hours, minutes = offset[1:].split(":")
    length = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-length if offset.startswith("-") else length)
