"""Texts of reports are kept sealed: without the right key, for the right call, unchanged, nothing of them opens."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from cds_service.errors import StartError
from cds_service.security.report_texts import NONCE_BYTES, ReportTexts, SealedTextsError, key_id, read_report_texts
from cds_service.settings import Settings

OLD, NEW, OTHER = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
TEXTS = ("Calcified lobulated mass at the hip.", "", "half a character \ud800, “quotes” and µ")


def keeping(*keys: bytes) -> ReportTexts:
    """Texts that are kept with these keys, under nonces that count up."""
    nonces = count(1)
    return ReportTexts(True, keys, lambda: next(nonces).to_bytes(NONCE_BYTES, "big"))


def sealed_by(*keys: bytes) -> bytes:
    sealed = keeping(*keys).sealed(TEXTS, "call-1")
    assert sealed is not None
    return sealed


def test_what_was_sealed_opens_for_its_call_and_holds_nothing_in_clear() -> None:
    sealed = sealed_by(NEW)
    assert keeping(NEW).opened(sealed, "call-1") == TEXTS
    assert b"hip" not in sealed


def test_an_older_key_opens_what_it_sealed_and_seals_nothing_more() -> None:
    assert keeping(NEW, OLD).opened(sealed_by(OLD), "call-1") == TEXTS
    assert sealed_by(NEW, OLD).startswith(key_id(NEW))


def test_the_same_texts_are_never_sealed_to_the_same_bytes() -> None:
    texts = keeping(NEW)
    assert texts.sealed(TEXTS, "call-1") != texts.sealed(TEXTS, "call-1")


@pytest.mark.parametrize(
    ("keys", "call", "change", "why"),
    [
        ((OTHER,), "call-1", lambda sealed: sealed, f"the key {key_id(NEW).hex()}, and no file"),
        ((), "call-1", lambda sealed: sealed, "no file of the setting report_text_key_file"),
        ((NEW,), "call-2", lambda sealed: sealed, "not those of this call"),
        ((NEW,), "call-1", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), "were changed"),
        ((NEW,), "call-1", lambda sealed: sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:], "were changed"),
        ((NEW,), "call-1", lambda sealed: sealed[:4] + bytes(NONCE_BYTES) + sealed[16:], "were changed"),
        ((NEW,), "call-1", lambda sealed: sealed[:4], "were changed"),
        ((NEW,), "call-1", lambda sealed: sealed[:10], "were changed"),
        ((NEW, OTHER), "call-1", lambda sealed: key_id(OTHER) + sealed[4:], "were changed"),
    ],
    ids=["another key", "no key", "another call", "last byte", "first byte", "nonce", "cut off", "cut short", "key id"],
)  # fmt: skip
def test_what_is_not_as_it_was_sealed_does_not_open(
    keys: tuple[bytes, ...], call: str, change: object, why: str
) -> None:
    assert callable(change)
    with pytest.raises(SealedTextsError, match=why):
        keeping(*keys).opened(change(sealed_by(NEW)), call)


@pytest.mark.parametrize(
    ("texts", "given"), [(keeping(NEW), ("", "")), (keeping(NEW), ()), (ReportTexts(False, (NEW,), bytes), TEXTS)]
)
def test_where_there_is_nothing_to_keep_nothing_is_sealed(texts: ReportTexts, given: tuple[str, ...]) -> None:
    assert texts.sealed(given, "call-1") is None


def no_nonce() -> bytes:
    raise AssertionError("nothing is sealed here")


def test_the_demo_makes_its_key_once_and_only_where_texts_are_kept(settings: Settings) -> None:
    assert read_report_texts(settings, no_nonce) == ReportTexts(False, (), no_nonce)
    first = read_report_texts(replace(settings, report_text="on"), no_nonce)
    assert first.kept
    assert [len(key) for key in first.keys] == [32]
    assert read_report_texts(replace(settings, report_text="on"), no_nonce) == first
    assert read_report_texts(settings, no_nonce) == replace(first, kept=False)


def test_the_first_file_seals_and_those_after_a_comma_open(settings: Settings, tmp_path: Path) -> None:
    files = [tmp_path / "new.key", tmp_path / "old.key"]
    for file, key in zip(files, (NEW, OLD), strict=True):
        file.write_bytes(key)
    named = replace(settings, report_text="on", report_text_key_file=", ".join(map(str, files)))
    assert read_report_texts(named, no_nonce).keys == (NEW, OLD)


@pytest.mark.parametrize(
    ("profile", "named", "held"),
    [
        ("production", "missing.key", None),
        ("demo", "there.key,missing.key", NEW),
        ("demo", "", None),
        ("demo", "there.key", NEW + b"\n"),
        ("demo", "there.key", NEW[:31]),
    ],
    ids=["production makes none", "an older one is missing", "none is named", "too long", "too short"],
)
def test_keeping_texts_without_a_right_key_stops_the_start(
    profile: str, named: str, held: bytes | None, settings: Settings, tmp_path: Path
) -> None:
    if held is not None:
        (tmp_path / "there.key").write_bytes(held)
    files = ",".join(str(tmp_path / name) for name in named.split(",") if name)
    with pytest.raises(StartError, match="CALCIFICATION_CDS_REPORT_TEXT_KEY_FILE"):
        read_report_texts(replace(settings, profile=profile, report_text="on", report_text_key_file=files), no_nonce)
