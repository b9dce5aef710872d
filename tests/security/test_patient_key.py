"""Patients are kept as keyed hashes, and the key is kept from others."""

from pathlib import Path

import pytest

from cds_service.errors import StartError
from cds_service.security.patient_key import patient_key
from cds_service.security.secret_file import read_secret


def test_the_demo_makes_a_secret_that_only_its_owner_reads_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "patient.key"
    secret = read_secret(path, "patient_key_file", make=True)
    assert read_secret(path, "patient_key_file", make=True) == secret
    assert len(secret) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_without_leave_to_make_one_a_missing_secret_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="CALCIFICATION_CDS_PATIENT_KEY_FILE"):
        read_secret(tmp_path / "patient.key", "patient_key_file", make=False)


def test_a_short_secret_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "patient.key"
    path.write_bytes(b"short")
    with pytest.raises(StartError, match="too short"):
        read_secret(path, "patient_key_file", make=False)


def test_one_patient_has_one_key_under_one_secret_and_it_does_not_tell_who() -> None:
    first, second = b"a" * 32, b"b" * 32
    assert patient_key(first, "p1") == patient_key(first, "p1")
    assert len({patient_key(first, "p1"), patient_key(first, "p2"), patient_key(second, "p1")}) == 3
    assert "p1" not in patient_key(first, "p1")
