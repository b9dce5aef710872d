"""Settings with which people could not sign in as it is meant stop the start."""

from pathlib import Path
from typing import Any

import pytest

from cds_service.errors import StartError
from cds_service.security.profiles import require_safe_start
from cds_service.security.sign_in.people import open_people
from cds_service.settings import Settings
from tests.conftest import NOON
from tests.security.sign_in.test_sessions import Ended

SIGN_IN = {
    "oidc_issuer": "https://id.example.org/realms/hospital",
    "oidc_client_id": "calcification-cds",
    "oidc_client_secret_file": Path("client.secret"),
    "session_key_file": Path("session.key"),
}


def production(**changed: Any) -> Settings:
    usual = {"profile": "production", "clients_file": Path("clients.yaml"), "base_url": "https://cds.example.org"}
    return Settings(**{**usual, **SIGN_IN, **changed})


def test_production_starts_with_a_provider_and_then_serves_pages() -> None:
    require_safe_start(production())
    assert production().serves_pages
    assert not production(**dict.fromkeys(SIGN_IN)).serves_pages


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        *((production(**{name: None}), f"Set CALCIFICATION_CDS_{name.upper()}, too") for name in SIGN_IN),
        (production(oidc_issuer="http://id.example.org"), "must be the https URL"),
        (production(oidc_issuer="https://id.example.org?x=1"), "must be the https URL"),
        (production(oidc_issuer="https://user@id.example.org"), "must be the https URL"),
        (production(oidc_roles="reader=a"), "CALCIFICATION_CDS_OIDC_ROLES"),
        (production(oidc_roles_claim=""), "CALCIFICATION_CDS_OIDC_ROLES_CLAIM"),
        (production(base_url="https://example.org/cds"), "CALCIFICATION_CDS_BASE_URL to a URL without a path"),
        (Settings(oidc_issuer="https://id.example.org"), "CALCIFICATION_CDS_PROFILE=production"),
        (Settings(session_key_file=Path("session.key")), "CALCIFICATION_CDS_PROFILE=production"),
    ],
)
def test_settings_that_do_not_go_together_are_told_with_the_cure(settings: Settings, cure: str) -> None:
    with pytest.raises(StartError, match=cure):
        require_safe_start(settings)


@pytest.mark.parametrize(
    ("key", "secret", "cure"),
    [
        (None, b"secret", "SESSION_KEY_FILE"),
        (b"short", b"secret", "SESSION_KEY_FILE is too short"),
        (bytes(32), None, "OIDC_CLIENT_SECRET_FILE cannot be read"),
        (bytes(32), b" \n", "OIDC_CLIENT_SECRET_FILE is empty"),
    ],
)
def test_a_secret_that_is_missing_stops_the_start(
    key: bytes | None, secret: bytes | None, cure: str, tmp_path: Path
) -> None:
    files = {"session_key_file": tmp_path / "session.key", "oidc_client_secret_file": tmp_path / "client.secret"}
    for path, content in zip(files.values(), (key, secret), strict=True):
        if content is not None:
            path.write_bytes(content)
    with pytest.raises(StartError, match=cure):
        open_people(production(**files), Ended(), lambda: NOON, lambda: 0)
