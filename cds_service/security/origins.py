"""The origins that the settings name: of pages that may call, and of FHIR servers that the demo may ask."""

from cds_service.errors import StartError
from cds_service.fhir.access.servers import FhirServer
from cds_service.origins import is_origin, origin_of
from cds_service.settings import PREFIX, Settings


def cors_origins(settings: Settings) -> frozenset[str]:
    """The origins whose pages may call from a browser.

    Raises:
        StartError: one of them is no exact origin, or not https in the production profile.
    """
    named = _origins(settings.cors_origins, "CORS_ORIGINS")
    for origin in named:
        if settings.profile == "production" and not origin.startswith("https://"):
            raise StartError(f"{PREFIX}CORS_ORIGINS must hold https origins in the production profile.")
    return frozenset(named)


def demo_fhir_servers(settings: Settings) -> tuple[FhirServer, ...]:
    """The FHIR servers that may be asked for callers of the demo that have no entry in the file of clients.

    They may stand inside the own network: the demo is tried beside a server on the same machine. Its own sandbox is
    one of them, by each of this machine's names.

    Raises:
        StartError: one of them is no exact origin, or the profile is production, where clients bring their servers.
    """
    named = _origins(settings.fhir_servers, "FHIR_SERVERS")
    if named and settings.profile == "production":
        raise StartError(
            f"{PREFIX}FHIR_SERVERS is for the demo profile: in production each client has its own. "
            f"Unset it, and name the servers under fhir_servers in the file of {PREFIX}CLIENTS_FILE."
        )
    own = [] if settings.profile == "production" else [origin_of(base) for base in demo_bases(settings)]
    return tuple(FhirServer(origin, client_id="", private=True) for origin in dict.fromkeys([*named, *own]) if origin)


def demo_bases(settings: Settings) -> tuple[str, ...]:
    """The base URLs of a demo that has no configured one: it is called by each of this machine's names."""
    if settings.base_url:
        return (settings.public_url,)
    return tuple(f"http://{host}:{settings.port}" for host in ("127.0.0.1", "localhost", "[::1]"))


def _origins(text: str, name: str) -> list[str]:
    named = text.replace(",", " ").split()
    if not all(is_origin(origin) for origin in named):
        raise StartError(
            f"{PREFIX}{name} must hold exact origins, such as https://ehr.example.org, separated by commas: "
            "lower case, no path, no wildcard, no default port."
        )
    return named
