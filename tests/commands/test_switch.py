"""`calcification-cds switch` sets switches in the installation of the environment, and says what came of it."""

from pathlib import Path

import pytest

from cds_service.__main__ import main


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALCIFICATION_CDS_DATABASE_URL", f"sqlite:///{tmp_path}/calls.sqlite3")


def switch(*words: str) -> int:
    return main(["switch", *words])


def test_a_rule_is_switched_off_listed_and_switched_on_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert switch("off", "rule", "cppd", "--reason", "false cards", "--who", "A. Reader") == 0
    assert "rule cppd is off" in capsys.readouterr().out
    assert switch("list", "--off") == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 1
    assert listed[0].startswith("OFF     rule    cppd (")
    assert listed[0].endswith("by A. Reader: false cards")
    assert switch("on", "rule", "cppd", "--reason", "corrected") == 0
    assert switch("on", "rule", "cppd", "--reason", "corrected") == 0
    assert "was on already; nothing was recorded" in capsys.readouterr().out
    assert switch("list") == 0
    assert "OFF" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["off", "rule", "gout", "--reason", "r"], "Known are: aggressive-mineralised-mass, "),
        (["off", "client", "county", "--reason", "r"], "Known are: cds-hooks-sandbox, loopback."),
        (["off", "rule", "cppd", "--reason", " "], "Give a reason"),
        (["off", "rule", "fop-pattern", "--reason", "r"], "--confirm"),
    ],
)
def test_what_cannot_be_switched_is_refused_with_what_to_do(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert switch(*words) == 1
    assert complaint in capsys.readouterr().err
    assert switch("list", "--off") == 0
    assert capsys.readouterr().out == ""


def test_a_must_not_miss_rule_is_switched_off_when_that_is_confirmed(capsys: pytest.CaptureFixture[str]) -> None:
    assert switch("off", "rule", "fop-pattern", "--reason", "r", "--confirm") == 0
    assert switch("list", "--off") == 0
    assert "must not miss" in capsys.readouterr().out
