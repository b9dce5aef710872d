"""The command line says what it takes, and what to change when it cannot do it."""

import pytest

from cds_service.__main__ import main
from cds_service.commands import COMMANDS


@pytest.mark.parametrize("command", [command.__name__.rpartition(".")[2] for command in COMMANDS])
def test_every_command_explains_itself_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"calcification-cds {command}" in capsys.readouterr().out.partition("examples:")[2]


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(command.__name__.rpartition(".")[2] in shown for command in COMMANDS)


def test_the_demo_does_not_start_for_strangers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "CALCIFICATION_CDS_HOST=127.0.0.1" in capsys.readouterr().err


def test_a_setting_of_the_wrong_kind_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALCIFICATION_CDS_PORT", "eighty")
    assert main(["serve"]) == 2
    assert "CALCIFICATION_CDS_PORT" in capsys.readouterr().err
