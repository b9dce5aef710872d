"""`sign --to` calls a production service as its client would: with a signed token."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cds_service.__main__ import main
from cds_service.hooks import SERVICES
from tests.scenarios.asking import hook_request
from tests.security.test_signing import KEYS, PRIVATE_MEMBERS
from tests.serving import free_port, serving

ISSUER = "https://ehr.example.org"
TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
KEY = KEYS["P-384"]


@dataclass(frozen=True)
class Signed:
    """A production service with one client, and that client's files."""

    url: str
    request: str
    key: str
    database: Path


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    folder = tmp_path_factory.mktemp("signed")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    public = {name: held for name, held in KEY.items() if name not in (*PRIVATE_MEMBERS, "key_ops")}
    client: dict[str, Any] = {
        "id": "county",
        "name": "County",
        "iss": ISSUER,
        "keys": [public],
        "audiences": [f"{url}/cds-services/{next(iter(SERVICES))}"],
        "tenants": ["radiology"],
    }
    (folder / "clients.yaml").write_text(json.dumps({"clients": [client]}), encoding="utf-8")
    (folder / "patient.key").write_bytes(bytes(range(32)))
    (folder / "audit.key").write_bytes(bytes(range(32)))
    (folder / "key.json").write_text(json.dumps(KEY), encoding="utf-8")
    (folder / "request.json").write_text(json.dumps(hook_request(TEXT)), encoding="utf-8")
    settings = {
        "PROFILE": "production",
        "BASE_URL": "https://cds.example.org",
        "CLIENTS_FILE": str(folder / "clients.yaml"),
        "PATIENT_KEY_FILE": str(folder / "patient.key"),
        "AUDIT_KEY_FILE": str(folder / "audit.key"),
    }
    environment = {f"CALCIFICATION_CDS_{name}": value for name, value in settings.items()}
    with serving(folder, environment, port):
        yield Signed(url, str(folder / "request.json"), str(folder / "key.json"), folder / "var" / "calls.sqlite3")


def test_a_signed_call_to_production_is_answered_and_known(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    proof = ["--key", signed.key, "--iss", ISSUER, "--tenant", "radiology"]
    for _ in range(2):
        assert main(["sign", signed.request, "--to", signed.url, *proof]) == 0
    assert "Soft tissue calcification" in capsys.readouterr().out
    with sqlite3.connect(signed.database) as database:
        clients = [row[0] for row in database.execute("SELECT client FROM calls WHERE outcome = 'card'")]
    database.close()
    assert clients == ["county", "county"]


@pytest.mark.parametrize(
    ("what", "proof"),
    [
        ("no token", []),
        ("another issuer", ["--iss", "https://other.example.org", "--tenant", "radiology"]),
        ("no tenant", ["--iss", ISSUER]),
        ("a jku that is not the client's", ["--iss", ISSUER, "--tenant", "radiology", "--jku", f"{ISSUER}/jwks"]),
    ],
)
def test_a_call_that_proves_nothing_is_told_what_would_do(
    what: str, proof: list[str], signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--key", signed.key, *proof] if proof else []
    assert main(["sign", signed.request, "--to", signed.url, *given]) == 1, what
    assert "answered 401: it does not take this caller" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--iss", ISSUER, "--to", "http://127.0.0.1:1"], "Give the key that signs it with --key"),
        (["--key", "KEY", "--to", "http://127.0.0.1:1"], "Give with --iss"),
        (["--key", "KEY", "--iss", ISSUER], "Name the service with --to URL"),
        (["--key", "gone.json", "--iss", ISSUER, "--to", "http://127.0.0.1:1"], "cannot be read as a JWK"),
        (["--key", "PUBLIC", "--iss", ISSUER, "--to", "http://127.0.0.1:1"], "Give a private JWK"),
    ],
)
def test_what_cannot_be_signed_is_said_before_anything_is_sent(
    words: list[str], cure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"KEY": KEY, "PUBLIC": {name: held for name, held in KEY.items() if name not in PRIVATE_MEMBERS}}
    for name, jwk in files.items():
        (tmp_path / name).write_text(json.dumps(jwk), encoding="utf-8")
    (tmp_path / "request.json").write_text(json.dumps(hook_request(TEXT)), encoding="utf-8")
    given = [str(tmp_path / word) if word in files else word for word in words]
    assert main(["sign", str(tmp_path / "request.json"), *given]) == 2
    printed = capsys.readouterr().err
    assert cure in printed
    assert KEY["d"] not in printed
