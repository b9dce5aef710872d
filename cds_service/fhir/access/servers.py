"""The FHIR servers that may be asked, and whether the one that a call names is among them."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.origins import origin_of

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A FHIR server that may be asked for a client.

    Attributes:
        origin: scheme, host and port, exactly.
        client_id: this service's id there, which `fhirAuthorization.subject` must name; empty: it is not checked.
        private: the name may resolve to an address inside the own network. An origin that is itself an address needs
            no such leave: whoever listed it meant that address.
    """

    origin: str
    client_id: str
    private: bool = False


def listed(base: str, servers: Iterable[FhirServer]) -> FhirServer | None:
    """The entry that allows a FHIR base URL; None where there is none, or the URL says more than origin and path."""
    if len(base) > _LONGEST or not base.isascii() or not base.isprintable() or set(base) & set(" \\?#"):
        return None
    origin = origin_of(base)
    return next((server for server in servers if server.origin == origin), None)
