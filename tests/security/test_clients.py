"""The client settings file: what it may say, and every complaint with its line and its cure."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cds_service.errors import ContentError
from cds_service.fhir.access.servers import FhirServer
from cds_service.security import sandbox
from cds_service.security.clients import Client, Reading, read_clients, sandbox_client
from cds_service.security.key_sources import FetchedKeys
from tests.tokens import signer

JWK = signer("ec-1").jwk
ENTRY: dict[str, Any] = {
    "id": "county",
    "name": "County Hospital",
    "iss": "https://ehr.example.org",
    "jku": "https://ehr.example.org/jwks.json",
}
SERVICES = ("calcification-report-sign", "calcification-patient-view")


def _entry(**changed: Any) -> dict[str, Any]:
    return {key: value for key, value in {**ENTRY, **changed}.items() if value is not None}


def _read(folder: Path, *entries: Any, production: bool = True) -> tuple[Client, ...]:
    path = folder / "clients.yaml"
    path.write_text(yaml.safe_dump({"clients": list(entries)}, sort_keys=False), encoding="utf-8")
    return read_clients(path, Reading(production, SERVICES, lambda: 0, lambda _url: {"keys": [JWK]}))


def test_a_client_needs_little_and_gets_safe_defaults(tmp_path: Path) -> None:
    (client,) = _read(tmp_path, ENTRY)
    assert (client.id, client.issuer, client.jku) == ("county", ENTRY["iss"], ENTRY["jku"])
    assert client.algorithms == {"ES384", "RS384"}
    assert (client.tenants, client.services, client.audiences, client.fhir_servers) == (None, None, frozenset(), ())
    assert isinstance(client.keys, FetchedKeys)
    assert client.keys.find("ec-1", "P-384")


def test_everything_that_a_client_may_say_is_read(tmp_path: Path) -> None:
    (client,) = _read(
        tmp_path,
        _entry(
            algorithms=["ES256"],
            audiences=["agreed"],
            tenants=["radiology"],
            services=[SERVICES[0]],
            fhir_servers=[
                {"origin": "https://fhir.example.org:8443", "client_id": "calcification"},
                {"origin": "https://inside.example.org", "client_id": "calcification", "private": True},
            ],
        ),
    )
    assert (client.algorithms, client.audiences) == (frozenset({"ES256"}), frozenset({"agreed"}))
    assert (client.tenants, client.services) == (frozenset({"radiology"}), frozenset({SERVICES[0]}))
    assert client.fhir_servers == (
        FhirServer("https://fhir.example.org:8443", "calcification"),
        FhirServer("https://inside.example.org", "calcification", private=True),
    )


def test_keys_may_stand_in_the_file_or_beside_it(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "city.json").write_text(json.dumps({"keys": [JWK]}), encoding="utf-8")
    clients = _read(
        tmp_path,
        _entry(jku=None, keys=[JWK]),
        _entry(id="city", iss="https://city.example.org", keys_file="keys/city.json"),
    )
    assert all(client.keys.find("ec-1", "P-384") for client in clients)
    assert [client.jku for client in clients] == ["", ENTRY["jku"]]


def _with_server(origin: str) -> dict[str, Any]:
    return _entry(fhir_servers=[{"origin": origin, "client_id": "c"}])


SANDBOX = _entry(iss=sandbox.ISSUER, jku=sandbox.JKU)


@pytest.mark.parametrize(
    ("entries", "line", "key", "words"),
    [
        ([_entry(iss=None)], 2, "clients.0", "'iss' is a required property"),
        ([_entry(jku=None)], 2, "clients.0", "not valid under any of the given schemas"),
        ([_entry(jsu="x")], 2, "clients.0", "correct its spelling"),
        ([_entry(id="County Hospital")], 2, "clients.0.id", "must match"),
        ([_entry(id="loopback")], 2, "clients.0.id", ""),
        ([_entry(algorithms=["HS256"])], 7, "clients.0.algorithms.0", "Use one of: ES256"),
        ([_entry(algorithms=["none"])], 7, "clients.0.algorithms.0", "Use one of: ES256"),
        ([_entry(algorithms=[])], 6, "clients.0.algorithms", ""),
        ([_entry(keys=[JWK], keys_file="x")], 2, "clients.0", ""),
        ([ENTRY, _entry(iss="https://b.example")], 6, "clients.1.id", "first is on line 2"),
        ([ENTRY, _entry(id="b")], 8, "clients.1.iss", "first is on line 4"),
        ([_entry(services=["calcification-report-sing"])], 7, "clients.0.services.0", "calcification-report-sign"),
        ([_entry(jku="http://ehr.example.org/jwks")], 5, "clients.0.jku", "https"),
        ([_with_server("https://FHIR.example.org")], 7, "clients.0.fhir_servers.0.origin", "lower case"),
        ([_with_server("https://fhir.example.org/r4")], 7, "clients.0.fhir_servers.0.origin", "no exact origin"),
        ([_with_server("http://fhir.example.org")], 7, "clients.0.fhir_servers.0.origin", "https"),
        ([_entry(jku=None, keys=[{**JWK, "d": "AAAA"}])], 6, "clients.0.keys.0", "private part"),
        ([_entry(jku=None, keys=[JWK, dict(JWK)])], 12, "clients.0.keys.1", "kid of another"),
        ([_entry(jku=None, keys=[sandbox.KEY])], 6, "clients.0.keys.0", "public sandbox"),
        ([_entry(keys_file="none.json")], 1, "(file)", "cannot be read"),
        ([SANDBOX], 2, "clients.0", "public CDS Hooks sandbox"),
        ([_entry(iss="https://SANDBOX.cds-hooks.org/")], 2, "clients.0", "public CDS Hooks sandbox"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_and_its_cure(
    entries: list[Any], line: int, key: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentError) as refused:
        _read(tmp_path, *entries)
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (line, key)
    assert words in str(problem)
    assert problem.cure


def test_a_file_beside_it_that_holds_no_key_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps([JWK]), encoding="utf-8")
    with pytest.raises(ContentError, match=r"keys\.json:1.*no JWK Set"):
        _read(tmp_path, _entry(keys_file="keys.json"))


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refused:
        _read(tmp_path, _entry(services=["a"], jku="http://x.example/"), _entry(keys=[sandbox.KEY]))
    assert len(refused.value.problems) == 5


def test_a_key_that_stands_twice_in_the_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text("clients: []\nclients: []\n", encoding="utf-8")
    with pytest.raises(ContentError, match="stands twice"):
        read_clients(path, Reading(True, SERVICES, lambda: 0))


def test_the_demo_takes_the_sandbox_and_http(tmp_path: Path) -> None:
    entries = (SANDBOX, _entry(id="local", iss="http://localhost:9000", jku="http://localhost:9000/jwks.json"))
    assert [client.issuer for client in _read(tmp_path, *entries, production=False)] == [
        sandbox.ISSUER,
        "http://localhost:9000",
    ]


def test_the_sandbox_is_known_by_its_own_key() -> None:
    client = sandbox_client()
    assert client.keys.find(sandbox.KEY["kid"], "P-384")
    assert (client.issuer, client.jku) == (sandbox.ISSUER, sandbox.JKU)
