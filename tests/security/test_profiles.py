"""A profile starts only with settings under which it can keep what it promises."""

from pathlib import Path
from typing import Any

import pytest

from cds_service.errors import StartError
from cds_service.fhir.access.servers import FhirServer
from cds_service.security.origins import demo_fhir_servers
from cds_service.security.profiles import audience_bases, require_safe_start
from cds_service.settings import Settings

CLIENTS = Path("clients.yaml")
BASE = "https://cds.example.org"


def _production(**changed: Any) -> Settings:
    return Settings(**{"profile": "production", "clients_file": CLIENTS, "base_url": BASE, **changed})


def test_the_production_profile_starts_with_clients_and_an_https_address_on_any_host() -> None:
    require_safe_start(_production(host="0.0.0.0", cors_origins="https://ehr.example.org, https://b.example:8443"))


@pytest.mark.parametrize(
    ("settings", "bases"),
    [
        (_production(base_url=f"{BASE}/cds/"), (f"{BASE}/cds",)),
        (Settings(base_url="http://127.0.0.1:9000"), ("http://127.0.0.1:9000",)),
        (Settings(port=9000), ("http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000")),
    ],
)
def test_an_audience_begins_with_an_address_that_is_configured(settings: Settings, bases: tuple[str, ...]) -> None:
    assert audience_bases(settings) == bases


def test_the_demo_asks_the_fhir_servers_that_its_settings_name_and_its_own_sandbox() -> None:
    settings = Settings(fhir_servers="http://localhost:8090,https://fhir.example.org")
    require_safe_start(settings)
    assert demo_fhir_servers(settings) == (
        FhirServer("http://localhost:8090", "", private=True),
        FhirServer("https://fhir.example.org", "", private=True),
        FhirServer("http://127.0.0.1:8080", "", private=True),
        FhirServer("http://localhost:8080", "", private=True),
        FhirServer("http://[::1]:8080", "", private=True),
    )


def test_production_has_no_fhir_server_of_its_own() -> None:
    assert demo_fhir_servers(_production()) == ()


def test_the_demo_profile_starts_on_loopback() -> None:
    require_safe_start(Settings(host="::1"))


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        (Settings(host="0.0.0.0"), "CALCIFICATION_CDS_HOST=127.0.0.1"),
        (Settings(host="10.1.2.3"), "CALCIFICATION_CDS_HOST=127.0.0.1"),
        (Settings(profile="production"), "CALCIFICATION_CDS_PROFILE=demo"),
        (Settings(profile="production", base_url=BASE), "CALCIFICATION_CDS_CLIENTS_FILE"),
        (_production(base_url=""), "CALCIFICATION_CDS_BASE_URL"),
        (_production(base_url="http://cds.example.org"), "CALCIFICATION_CDS_BASE_URL"),
        (_production(base_url="https://"), "CALCIFICATION_CDS_BASE_URL"),
        (_production(base_url="https://user@cds.example.org"), "CALCIFICATION_CDS_BASE_URL"),
        (_production(base_url=f"{BASE}?x=1"), "CALCIFICATION_CDS_BASE_URL"),
        (_production(cors_origins="http://ehr.example.org"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(cors_origins="*"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(cors_origins="https://*.example.org"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(cors_origins="https://ehr.example.org/"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(cors_origins="https://ehr.example.org:443"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(cors_origins="null"), "CALCIFICATION_CDS_CORS_ORIGINS"),
        (Settings(fhir_servers="http://localhost:8090/fhir"), "CALCIFICATION_CDS_FHIR_SERVERS must hold exact origins"),
        (_production(fhir_servers="https://fhir.example.org"), "CALCIFICATION_CDS_FHIR_SERVERS is for the demo"),
    ],
)
def test_a_start_that_would_answer_strangers_is_refused_with_the_cure(settings: Settings, cure: str) -> None:
    with pytest.raises(StartError, match=cure):
        require_safe_start(settings)
