"""The two profiles: demo answers this machine without a token, production answers known clients only."""

from urllib.parse import urlsplit

from cds_service.errors import StartError
from cds_service.origins import origin_of
from cds_service.security.loopback import is_loopback
from cds_service.security.origins import cors_origins, demo_bases, demo_fhir_servers
from cds_service.security.sign_in.people import require_sign_in
from cds_service.settings import PREFIX, Settings


def require_safe_start(settings: Settings) -> None:
    """Refuse to start where the settings would answer strangers, or could not hold what a token says.

    Raises:
        StartError: naming the setting and what to set it to.
    """
    cors_origins(settings)
    demo_fhir_servers(settings)
    require_sign_in(settings)
    if settings.profile == "production":
        _require_production(settings)
    elif not is_loopback(settings.host):
        raise StartError(
            f"The demo profile answers without a token, so it listens on loopback only, not on {settings.host}. "
            f"Set {PREFIX}HOST=127.0.0.1 (or --host 127.0.0.1)."
        )


def audience_bases(settings: Settings) -> tuple[str, ...]:
    """The base URLs that a token may name as its audience: the configured one, never the Host header's.

    The demo is called by each of this machine's names, and by them only.
    """
    return (settings.public_url,) if settings.profile == "production" else demo_bases(settings)


def _require_production(settings: Settings) -> None:
    if settings.clients_file is None:
        raise StartError(
            "The production profile answers known clients only, and none are named. "
            f"Set {PREFIX}CLIENTS_FILE to the file that lists them, or {PREFIX}PROFILE=demo to try the service on this "
            "machine."
        )
    base = urlsplit(settings.base_url)
    if not origin_of(settings.base_url).startswith("https://") or base.query or base.fragment:
        raise StartError(
            "The production profile is reached over TLS, and tokens name its address. "
            f"Set {PREFIX}BASE_URL to the https URL that callers use, such as https://cds.example.org."
        )
