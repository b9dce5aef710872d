"""Bodies are read whole or refused; depth never takes the service down."""

import json
from typing import Any

import pytest

from cds_service.errors import InvalidRequest, NotJson
from cds_service.web.json_body import read_object


def _nested(levels: int) -> bytes:
    return b'{"kept": 1, "deep": ' + b'{"x": [' * levels + b'"end {"' + b"]}" * levels + b', "also": "[kept]"}'


def test_a_body_is_read_with_its_fingerprint() -> None:
    body, fingerprint = read_object(b'{"b": 1.50, "a": "\\ud800"}')
    assert body == {"b": 1.5, "a": "\ud800"}
    assert len(fingerprint) == 64


def test_the_fingerprint_does_not_hang_on_the_order_of_keys() -> None:
    assert read_object(b'{"a":1,"b":2}') == read_object(b'{ "b": 2, "a": 1 }')


def test_the_last_of_two_equal_keys_counts() -> None:
    assert read_object(b'{"a": 1, "a": 2}')[0] == {"a": 2}


@pytest.mark.parametrize("levels", [2_000, 100_000])
def test_what_nests_too_deeply_is_cut_off_and_the_rest_is_read(levels: int) -> None:
    body, _ = read_object(_nested(levels))
    assert (body["kept"], body["also"]) == (1, "[kept]")
    assert "nested too deeply" in json.dumps(body["deep"])


def test_what_nests_as_deeply_as_fhir_does_is_read_whole() -> None:
    body, _ = read_object(_nested(20))
    assert "nested too deeply" not in json.dumps(body)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"[" * 100_000 + b"]" * 99_999, b'{"a": ' * 100_000, b"]" * 10])
def test_what_is_never_closed_is_no_json(raw: bytes) -> None:
    with pytest.raises(NotJson):
        read_object(raw)


@pytest.mark.parametrize("value", [b"[]", b"4", b'"text"', b"null", b"[" * 100_000 + b"]" * 100_000])
def test_json_that_is_no_object_is_refused(value: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_object(value)


def test_a_token_is_no_part_of_the_fingerprint() -> None:
    said: dict[str, Any] = {"hook": "x", "fhirAuthorization": {"access_token": "one"}}
    other = {"hook": "x"}
    assert read_object(json.dumps(said).encode())[1] == read_object(json.dumps(other).encode())[1]


@pytest.mark.parametrize("digits", [b"1" * 310, b"-" + b"1" * 4000, b"1" * 100_000])
def test_a_number_that_no_computer_counts_with_is_no_json(digits: bytes) -> None:
    with pytest.raises(NotJson):
        read_object(b'{"a": ' + digits + b"}")


@pytest.mark.parametrize(
    "shallow",
    [b"[]", b"[[]]", b"{}", b'{"a":{}}', b'[1,2],[{"a":"[{"}]', b"[[[[1]]]]"],
)
def test_beside_what_nests_too_deeply_the_shallow_stays_as_it_was(shallow: bytes) -> None:
    deep = b"[" * 3000 + b"]" * 3000
    body, _ = read_object(b'{"deep": ' + deep + b', "list": [' + b",".join([shallow] * 50) + b"]}")
    assert body["list"] == json.loads(b"[" + b",".join([shallow] * 50) + b"]")
    assert "nested too deeply" in json.dumps(body["deep"])


@pytest.mark.parametrize("end", [b'"' + b'\\"' * 200_000, b'"' + b"\\\\" * 200_000, b'"\\'])
def test_a_text_that_never_ends_behind_what_nests_too_deeply_is_no_json(end: bytes) -> None:
    with pytest.raises(NotJson):
        read_object(b'{"deep": ' + b"[" * 3000 + b"]" * 3000 + b', "text": ' + end)
