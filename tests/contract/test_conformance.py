"""The running service keeps every assertion of its own conformance check, in both profiles."""

import json
from collections.abc import Iterator

import pytest

from cds_service.__main__ import main
from tests.contract.trusted import BASE, production, publishing
from tests.security.tampered import EC, JKU, RSA
from tests.serving import Server, serving
from tests.tokens import private_jwk

OUT_OF_SIGHT = {"R9", "O10", "O11", "P5", "J9"}
"""No system action, no SMART link, nothing after the signature; and logs cannot be seen from outside."""
DRAFTS = {"P1", "P2", "P3", "P4"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo profile, every hook on offer."""
    with serving(tmp_path_factory.mktemp("demo"), {"CALCIFICATION_CDS_DRAFT_HOOKS": "on"}) as server:
        yield server


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str]]]:
    """The production profile, and the arguments with which its client is checked."""
    folder = tmp_path_factory.mktemp("production")
    words = ["--iss", "https://ehr.example.org", "--jku", JKU, "--audience", BASE]
    for key in (EC, RSA):
        path = folder / f"{key.kid}.jwk"
        path.write_text(json.dumps(private_jwk(key)), encoding="utf-8")
        words += ["--key", str(path)]
    with publishing(folder) as publisher, production(folder, publisher) as server:
        yield server, words


def _verdicts(capsys: pytest.CaptureFixture[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in json.loads(capsys.readouterr().out)["assertions"]:
        found.setdefault(row["verdict"], set()).add(row["number"])
    return found


def test_the_demo_keeps_every_assertion(demo: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", demo.url, "--json"]) == 0
    found = _verdicts(capsys)
    assert found["not applicable"] == OUT_OF_SIGHT | {f"J{number}" for number in range(1, 10)}
    assert "warn" not in found


def test_production_keeps_every_assertion_for_a_client_with_its_key(
    known: tuple[Server, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    server, words = known
    assert main(["conformance", server.url, "--json", "--origin", "https://ehr.example.org", *words]) == 0
    found = _verdicts(capsys)
    assert found["not applicable"] == OUT_OF_SIGHT | DRAFTS | {"O8", "O9"}
    assert "warn" not in found


def test_production_tells_a_stranger_nothing(
    known: tuple[Server, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", known[0].url, "--json"]) == 2
    assert _verdicts(capsys)["pass"] == {"J1", "J2"}
