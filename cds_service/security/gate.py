"""Who is let in: the client that a request's token proves, or in the demo profile whoever is on this machine."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cds_service.fhir.access.servers import FhirServer
from cds_service.security.clients import Client
from cds_service.security.refusal import Reason, Refused
from cds_service.security.tokens import FirstUse, verify


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from.

    Attributes:
        id: stands in the audit record.
        services: ids of the CDS services that it may call; None for all.
        fhir_servers: that may be asked for it.
    """

    id: str
    services: frozenset[str] | None = None
    fhir_servers: tuple[FhirServer, ...] = ()

    def may_call(self, service: str) -> bool:
        """Whether a CDS service is among those that it may call."""
        return self.services is None or service in self.services


THIS_MACHINE = "loopback"


class Gate:
    """Lets requests in.

    Args:
        clients: every client of the installation.
        bases: base URLs of the service, as `profiles.audience_bases` gives them.
        first_use: remembers tokens that were used.
        clock: the present moment.
        asks_everybody: whether a request without a token is refused, as in production.
        open_servers: the FHIR servers that may be asked for who sends no token.
    """

    def __init__(
        self,
        clients: Iterable[Client],
        bases: Sequence[str],
        first_use: FirstUse,
        clock: Callable[[], datetime],
        *,
        asks_everybody: bool,
        open_servers: tuple[FhirServer, ...] = (),
    ) -> None:
        self._clients = {client.issuer: client for client in clients}
        self._bases = bases
        self._first_use = first_use
        self._clock = clock
        self._asks_everybody = asks_everybody
        self._open = Caller(THIS_MACHINE, fhir_servers=open_servers)

    def admit(self, authorization: str | None, paths: Iterable[str]) -> Caller:
        """The caller of one request.

        Args:
            authorization: the value of its Authorization header, None where it has none.
            paths: of the endpoint under the base URL; any of them may be the token's audience.

        Raises:
            Refused: it does not prove who it is. A token that is sent has to be right in the demo, too.
        """
        if authorization is None:
            if self._asks_everybody:
                raise Refused(Reason.MISSING)
            return self._open
        audiences = frozenset(base + path for base in self._bases for path in paths)
        client = verify(authorization, audiences, self._clients, self._clock(), self._first_use)
        return Caller(client.id, client.services, client.fhir_servers)
