"""How people sign in to an installation, as its settings have it."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cds_service.errors import StartError
from cds_service.origins import origin_of
from cds_service.security.json_fetch import fetch_json
from cds_service.security.secret_file import read_secret, read_token
from cds_service.security.sign_in.code_flow import CodeFlow, Registration
from cds_service.security.sign_in.local_token import LocalToken
from cds_service.security.sign_in.person import read_role_names
from cds_service.security.sign_in.provider import Provider
from cds_service.security.sign_in.seal import Seal
from cds_service.security.sign_in.sessions import Sessions, UsedOnce
from cds_service.settings import PREFIX, Settings

CALLBACK = "/sign-in/callback"
"""Where the provider sends browsers back to."""
_TOGETHER = ("oidc_issuer", "oidc_client_id", "oidc_client_secret_file", "session_key_file")


@dataclass(frozen=True, slots=True)
class People:
    """What people sign in with, and their sessions.

    Attributes:
        sessions: who is signed in.
        door: the provider in production, the local token in the demo.
    """

    sessions: Sessions
    door: CodeFlow | LocalToken


def require_sign_in(settings: Settings) -> None:
    """Refuse settings with which nobody could sign in as it is meant.

    Raises:
        StartError: naming the setting and what to set it to.
    """
    given = [name for name in _TOGETHER if getattr(settings, name)]
    missing = [f"{PREFIX}{name.upper()}" for name in _TOGETHER if name not in given]
    if not given:
        return
    if settings.profile == "demo":
        raise StartError(
            f"The demo profile is for one person on this machine, who signs in with the token in "
            f"{settings.local_token_file}. Unset {PREFIX}{given[0].upper()}, or set {PREFIX}PROFILE=production."
        )
    if missing:
        raise StartError(f"People sign in only with all of it set. Set {', '.join(missing)}, too, or none of them.")
    read_role_names(settings.oidc_roles_claim, settings.oidc_roles)
    parts = urlsplit(settings.oidc_issuer)
    if not origin_of(settings.oidc_issuer).startswith("https://") or parts.query or parts.fragment:
        raise StartError(
            f"{PREFIX}OIDC_ISSUER must be the https URL that the provider's own metadata names as its issuer, "
            "letter for letter, such as https://id.example.org/realms/hospital."
        )
    if urlsplit(settings.public_url).path:
        raise StartError(f"The pages stand at the root of their host. Set {PREFIX}BASE_URL to a URL without a path.")


def open_people(
    settings: Settings, used: UsedOnce, clock: Callable[[], datetime], stopwatch: Callable[[], int]
) -> People | None:
    """How people sign in; None where no pages are served. Nothing is asked of the provider yet.

    Raises:
        StartError: a secret cannot be read.
    """
    if not settings.serves_pages:
        return None
    if settings.profile == "demo":
        token = read_token(settings.local_token_file, "local_token_file")
        # With another token every session of the old one is over.
        key = hmac.digest(token.encode(), b"sessions", hashlib.sha256)
        return People(Sessions(key, settings.session_minutes, clock, used), LocalToken(token, stopwatch))
    key = read_secret(settings.session_key_file or Path(), "session_key_file", make=False)
    registration = Registration(
        settings.oidc_client_id,
        _client_secret(settings),
        settings.public_url + CALLBACK,
        read_role_names(settings.oidc_roles_claim, settings.oidc_roles),
    )
    provider = Provider(settings.oidc_issuer, fetch_json, stopwatch)
    half = max(1, settings.threads // 2)
    flow = CodeFlow(provider, registration, Seal(key), clock, used, half)
    return People(Sessions(key, settings.session_minutes, clock, used), flow)


def _client_secret(settings: Settings) -> str:
    path = settings.oidc_client_secret_file or Path()
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise StartError(f"The file {path} of {PREFIX}OIDC_CLIENT_SECRET_FILE cannot be read: {error}.") from None
    if not secret:
        raise StartError(f"The file {path} of {PREFIX}OIDC_CLIENT_SECRET_FILE is empty.")
    return secret
