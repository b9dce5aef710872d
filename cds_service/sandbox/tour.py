"""The tour of the demo: which patients to look at, what to try, where to look. Its words are in tour.yaml."""

from collections.abc import Mapping
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


def told(tour: Mapping[str, Any], base: str) -> str:
    """The tour as a terminal shows it.

    Args:
        tour: as `read_tour` gives it.
        base: address of the service, without a slash at the end.
    """
    parts = [_filled(tour["opening"], base, "")]
    for number, stop in enumerate(tour["stops"], start=1):
        lines = (f"{number}. {stop['title']}", tour["call"], f"Look: {stop['look']}", f"Try:  {stop['try']}")
        first, *rest = (_filled(line, base, stop["patient"]) for line in lines)
        parts.append("\n".join([first, *(f"   {line}" for line in rest)]))
    return "\n\n".join([*parts, _filled(tour["closing"], base, "")])


def _filled(text: str, base: str, patient: str) -> str:
    return text.strip().replace("{base}", base).replace("{patient}", patient)
