"""The tour of the demo: which patients to look at, what to try, where to look. Its words are in tour.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import read_source
from cds_service.errors import ContentError

_SCHEMAS = Path(__file__).parent / "schemas"
FILE = "tour.yaml"
"""The tour, beside the stories."""


def read_tour(folder: Path) -> Mapping[str, Any]:
    """The tour beside the stories of the patients.

    Raises:
        ContentError: it cannot be used; carries every problem found.
    """
    source = read_source(folder / FILE, FILE)
    problems = Schemas((_SCHEMAS,)).problems("tour", source)
    if problems:
        raise ContentError(problems)
    tour: Mapping[str, Any] = source.data
    return tour


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop, beside its patient.

    Attributes:
        number: from 1 on.
        count: how many stops there are.
        look: what is to be seen on the card.
        trial: what to change, and what happens then.
        next: the patient of the next stop; empty at the last.
    """

    number: int
    count: int
    look: str
    trial: str
    next: str


def stop_at(tour: Mapping[str, Any], patient: str, base: str) -> Stop | None:
    """The stop at a patient; None where the tour does not come by.

    Args:
        tour: as `read_tour` gives it.
        patient: its id.
        base: address of the service, without a slash at the end.
    """
    stops = tour["stops"]
    patients = [stop["patient"] for stop in stops]
    if patient not in patients:
        return None
    at = patients.index(patient)
    look, trial = (_filled(stops[at][part], base, patient) for part in ("look", "try"))
    return Stop(at + 1, len(stops), look, trial, next(iter(patients[at + 1 :]), ""))


def told(tour: Mapping[str, Any], base: str) -> str:
    """The tour as a terminal shows it.

    Args:
        tour: as `read_tour` gives it.
        base: address of the service, without a slash at the end.
    """
    parts = [_filled(tour["opening"], base, "")]
    for number, stop in enumerate(tour["stops"], start=1):
        lines = (f"{number}. {stop['title']}", tour["address"], f"Look: {stop['look']}", f"Try:  {stop['try']}")
        first, *rest = (_filled(line, base, stop["patient"]) for line in lines)
        parts.append("\n".join([first, *(f"   {line}" for line in rest)]))
    closing = (_filled(tour[part], base, tour["stops"][0]["patient"]) for part in ("closing", "call"))
    return "\n\n".join([*parts, "\n".join(closing)])


def _filled(text: str, base: str, patient: str) -> str:
    return text.strip().replace("{base}", base).replace("{patient}", patient)
