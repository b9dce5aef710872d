"""The demo's token: its file is its owner's, and it cannot be guessed."""

from pathlib import Path

import pytest

from cds_service.errors import StartError
from cds_service.security.secret_file import read_token
from cds_service.security.sign_in.local_token import AT_ONCE, LocalToken, TooManyTries

SECOND = 1_000_000_000


class Stopwatch:
    """Stands until it is moved."""

    now = 0

    def __call__(self) -> int:
        return self.now


def test_only_the_token_is_right() -> None:
    token = LocalToken("right-token", Stopwatch())
    told = {text: token.is_right(text) for text in ("right-token", " right-token\n", "right-toke", "", "\ud800", "ü")}
    assert [text for text, right in told.items() if right] == ["right-token", " right-token\n"]


def test_after_some_wrong_ones_none_is_looked_at_until_time_has_passed() -> None:
    stopwatch = Stopwatch()
    token = LocalToken("right-token", stopwatch)
    assert not any(token.is_right("wrong") for _ in range(AT_ONCE))
    with pytest.raises(TooManyTries):
        token.is_right("right-token")
    stopwatch.now = SECOND
    assert token.is_right("right-token")


def test_the_right_one_can_be_used_as_often_as_one_likes() -> None:
    token = LocalToken("right-token", Stopwatch())
    assert all(token.is_right("right-token") for _ in range(3 * AT_ONCE))


def test_the_file_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "local.token"
    token = read_token(path, "local_token_file")
    assert token == read_token(path, "local_token_file") == path.read_text("ascii").strip()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(token) >= 43


@pytest.mark.parametrize(
    "content", [b"", b"short\n", b"\xff" * 64, b"with spaces in it and long enough for a secret\n"]
)
def test_a_file_that_holds_no_token_is_told_with_the_cure(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "local.token"
    path.write_bytes(content)
    with pytest.raises(StartError, match=r"CALCIFICATION_CDS_LOCAL_TOKEN_FILE|too short"):
        read_token(path, "local_token_file")
