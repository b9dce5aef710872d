"""What the pages and addresses of the sandbox need."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cds_service.sandbox.room import Room
from cds_service.sandbox.store import FhirStore


def _nobody() -> Room:
    return Room({}, {}, {"stops": []})


@dataclass(frozen=True, slots=True)
class SandboxSetting:
    """The sandbox of a demo installation.

    Attributes:
        store: the resources of the synthetic patients; made when first asked for.
        token_key: signs the tokens of the secured server.
        as_of: the moment that the patients' charts end at.
        room: the patients as the reporting room lists them; made when first asked for.
    """

    store: Callable[[], FhirStore]
    token_key: bytes
    as_of: datetime
    room: Callable[[], Room] = _nobody
