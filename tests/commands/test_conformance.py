"""`conformance`, run as a person runs it: what is printed, and the exit status."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.__main__ import main
from tests.conformance.checking import ISSUER, JKU
from tests.conformance.reference import Behaviour, reference_service
from tests.conformance.reference_trust import Trusted
from tests.contract.calls import call
from tests.serving import free_port
from tests.standard.messages import LEFT_OUT, changed
from tests.tokens import private_jwk, signer


@pytest.fixture
def good() -> Iterator[str]:
    with reference_service(Behaviour()) as url:
        yield url


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "client.jwk"
    path.write_text(json.dumps(private_jwk(signer("conformance-ec"))), encoding="utf-8")
    return str(path)


def test_each_assertion_is_printed_with_what_was_sent_and_what_came(
    good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", f"{good}/cds-services/"]) == 0
    printed = capsys.readouterr().out
    assert "R4   pass           summary is a string of 1 to 139 characters [S2-83]" in printed
    assert (
        "sent POST /cds-services/sign-order: a good call of order-sign; came 200, application/json, 1 card" in printed
    )
    assert "not applicable no token is ever logged" in printed


def test_a_service_that_fails_something_makes_the_exit_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    faulty = Behaviour(response=lambda body: changed(body, "cards/0/indicator", LEFT_OUT))
    with reference_service(faulty) as url:
        assert main(["conformance", url]) == 1
    assert "R5   fail " in capsys.readouterr().out


def test_json_holds_every_assertion_and_the_count_of_verdicts(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", good, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(told["verdicts"].values()) == len(told["assertions"])
    row = next(row for row in told["assertions"] if row["number"] == "Q6")
    assert (row["verdict"], row["requirements"]) == ("pass", ["S2-76"])
    assert row["sent"].startswith("POST /cds-services/sign-order: ")


def test_a_key_signs_as_the_client_and_is_never_printed(key_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = signer("conformance-ec")
    with reference_service(Behaviour(trusted=Trusted(ISSUER, JKU, {key.kid: key}))) as url:
        assert main(["conformance", url, "--key", key_file, "--iss", ISSUER, "--jku", JKU]) == 0
    printed = capsys.readouterr()
    assert "J7   pass" in printed.out
    assert private_jwk(key)["d"] not in printed.out + printed.err


def test_a_service_that_asks_for_a_token_is_not_checked_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    key = signer("conformance-ec")
    with reference_service(Behaviour(trusted=Trusted(ISSUER, JKU, {key.kid: key}))) as url:
        assert main(["conformance", url]) == 2
    printed = capsys.readouterr()
    assert "J1   pass" in printed.out
    assert "--key" in printed.err


def test_a_call_from_a_file_is_sent_and_nothing_of_it_is_printed(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "call.json"
    path.write_text(
        json.dumps(call(hook="order-sign", context={"userId": "planted-marker", "patientId": "planted-marker"})),
        encoding="utf-8",
    )
    assert main(["conformance", good, "--request", str(path)]) == 0
    printed = capsys.readouterr()
    assert "planted-marker" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["ftp://cds.example.org"], "is no http(s) URL"),
        ([f"http://127.0.0.1:{free_port()}"], "Nothing answers at"),
        (["http://127.0.0.1", "--iss", ISSUER], "--key and --iss go together"),
        (["http://127.0.0.1", "--request", "gone.json"], "gone.json cannot be read"),
        (["http://127.0.0.1", "--request", __file__], "is not JSON"),
        (["http://127.0.0.1", "--key", __file__, "--iss", ISSUER], "is not JSON. Give a private JWK"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_would_do(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", *words]) == 2
    assert complaint in capsys.readouterr().err
