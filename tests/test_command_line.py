"""The command line says what it takes, and what to change when it cannot do it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cds_service.__main__ import main
from cds_service.commands import COMMANDS
from tests.interrupts import heed


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


def test_a_command_that_is_stopped_says_so_in_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [sys.executable, "-m", "cds_service", "demo", "--no-open", "--port", str(silent.getsockname()[1])]
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed
        ) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
            connection.close()
    assert (process.returncode, said) == (130, "Interrupted.\n")
