"""Settings are read from the environment, and what no installation can mean is refused by name."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from cds_service.errors import StartError
from cds_service.settings import Settings, from_environment


def test_without_any_variable_the_defaults_hold() -> None:
    assert from_environment({"HOME": "/home/reader"}) == Settings()


def test_each_setting_is_read_as_its_own_kind() -> None:
    given = from_environment(
        {
            "CALCIFICATION_CDS_PORT": "9000",
            "CALCIFICATION_CDS_RULES_DIR": "/srv/rules",
            "CALCIFICATION_CDS_HOOK_DOMAIN": "org.example",
            "CALCIFICATION_CDS_CARDS_DIR": "",
        }
    )
    assert (given.port, given.rules_dir, given.hook_domain, given.cards_dir) == (
        9000,
        Path("/srv/rules"),
        "org.example",
        None,
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CALCIFICATION_CDS_PORT", "eighty"),
        ("CALCIFICATION_CDS_PORT", "0"),
        ("CALCIFICATION_CDS_PROFILE", "staging"),
        ("CALCIFICATION_CDS_SQLITE_SYNCHRONOUS", "OFF"),
        ("CALCIFICATION_CDS_WORKERS", "0"),
        ("CALCIFICATION_CDS_MAX_BODY_BYTES", "-1"),
        ("CALCIFICATION_CDS_FHIR_DEADLINE_MS", "0"),
        ("CALCIFICATION_CDS_FHIR_CALL_TIMEOUT_MS", "1.5"),
        ("CALCIFICATION_CDS_COLOUR", "blue"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(StartError, match=variable):
        from_environment({variable: value})


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (Settings(), "http://127.0.0.1:8080"),
        (Settings(host="::1", port=9000), "http://[::1]:9000"),
        (Settings(base_url="https://cds.example.org/"), "https://cds.example.org"),
    ],
)
def test_the_public_address_is_the_base_url_or_else_host_and_port(settings: Settings, url: str) -> None:
    assert settings.public_url == url


def test_every_setting_stands_in_the_table_of_those_who_run_the_service() -> None:
    guide = (Path(__file__).parent.parent / "deploy" / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {field.name for field in fields(Settings)} == told
