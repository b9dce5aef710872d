"""The command line, run as a person runs it."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from cds_service.__main__ import main
from cds_service.content.locate import default_content
from tests.scenarios.asking import hook_request
from tests.serving import serving

TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


@pytest.fixture
def request_file(tmp_path: Path) -> str:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(hook_request(TEXT)), encoding="utf-8")
    return str(path)


def test_sign_prints_the_card_of_a_plain_text_report(report: str, capsys: pytest.CaptureFixture[str]) -> None:
    labs = ["--lab", "egfr=8", "--lab", "phosphate=2.65:mmol/L", "--lab", "pth=>900:pg/mL"]
    assert main(["sign", report, *labs, "--age", "58", "--sex", "male", "--history", "haemodialysis"]) == 0
    printed = capsys.readouterr().out
    assert "likely secondary hyperparathyroidism" in printed
    assert "2.65 mmol/L = 8.2" in printed


def test_sign_prints_json_for_a_hook_request(request_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", request_file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cards"][0]["indicator"] == "info"


def test_sign_says_so_when_there_is_no_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "normal.txt"
    path.write_text("Normal shoulder.", encoding="utf-8")
    assert main(["sign", str(path)]) == 0
    assert capsys.readouterr().out.strip() == "No card."


def test_sign_can_send_the_call_to_a_running_service(
    request_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path) as server:
        assert main(["sign", request_file, "--to", server.url]) == 0
    assert "Soft tissue calcification" in capsys.readouterr().out


def test_explain_prints_why_and_why_not_for_every_rule(report: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report, "--lab", "egfr=8"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("entry ") == 18
    assert "excluded" in printed
    assert "not stated" in printed


def test_explain_can_look_at_one_rule(report: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report, "--rule", "tumoral-calcinosis"]) == 0
    assert capsys.readouterr().out.count("entry ") == 1


def test_explain_can_print_json(report: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["reports"][0]["rules"]) == 18


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--lab", "phosphate"], "Write a lab as NAME=VALUE:UNIT"),
        (["--lab", "fosfate=7"], "Write a lab as NAME=VALUE:UNIT"),
    ],
)
def test_a_lab_that_cannot_be_read_is_told_with_what_would_do(
    words: list[str], complaint: str, report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign", report, *words]) == 1
    assert complaint in capsys.readouterr().err


def test_facts_beside_a_json_request_are_refused(request_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", request_file, "--age", "24"]) == 1
    assert "go with a plain-text report" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", "gone.txt"]) == 1
    assert "gone.txt" in capsys.readouterr().err


def test_check_finds_the_packaged_content_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "18 rules" in capsys.readouterr().out


def test_check_tells_all_problems_of_all_files_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = copytree(default_content()[0], tmp_path / "rules")
    _replace(rules / "tumors" / "lipoma.yaml", "version: 1.0.0", "version: one")
    _replace(rules / "infection" / "cysticercosis.yaml", "prior:", "priority:")
    _replace(rules / "crystal" / "cppd.yaml", "finding: crowned-dens", "finding: no-such-finding", times=1)
    assert main(["check", "--rules", str(rules)]) == 1
    told = capsys.readouterr().err
    assert "rules/tumors/lipoma.yaml:2: version: 'one' does not match" in told
    assert "rules/infection/cysticercosis.yaml:" in told
    assert "'prior' is a required property. Add the missing key." in told
    assert "names 'no-such-finding', which is not known." in told


def test_check_tells_a_case_that_does_not_come_out_as_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = copytree(default_content()[0], tmp_path / "rules")
    path = rules / "tumors" / "lipoma.cases.yaml"
    _replace(path, "tier: possible", "tier: likely", times=1)
    assert main(["check", "--rules", str(rules)]) == 1
    assert "gives tier possible, not likely. Correct the rule, or the case." in capsys.readouterr().err


def _replace(path: Path, old: str, new: str, times: int = -1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")


CLIENTS = """\
clients:
  - id: county
    name: County Hospital
    iss: https://ehr.example.org
    jku: {scheme}://ehr.example.org/jwks.json
    services: [calcification-report-sign]
"""


def test_clients_tells_who_may_call_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text(CLIENTS.format(scheme="https"), encoding="utf-8")
    assert main(["clients", str(path)]) == 0
    told = "county (County Hospital): signs as https://ehr.example.org with ES384 or RS384, may call "
    assert capsys.readouterr().out.strip() == f"{told}calcification-report-sign"


def test_clients_names_what_production_does_not_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text(CLIENTS.format(scheme="http"), encoding="utf-8")
    assert main(["clients", str(path)]) == 1
    assert "clients.yaml:5: clients.0.jku: is not https" in capsys.readouterr().err
    assert main(["clients", str(path), "--demo"]) == 0
