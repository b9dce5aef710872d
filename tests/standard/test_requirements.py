"""CONFORMANCE.md is complete, and every test that it names exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.conformance.assertions import ASSERTIONS
from cds_service.standard.invariants import INVARIANTS

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "CONFORMANCE.md").read_text("utf-8").split("\n## ")[1:]
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
}

ON_A_SERVICE = """
1-14 16 27-29 34-36 52 54-61 74-78 80-85 87-90 92-96 98-100 103-113 115-125 127-136 138-142 144-148 168 175-177 179 195
199-201 203 205-208 210-220
"""
"""The numbers of the requirements on a service, as the requirement list has them."""

_ASSERTION = re.compile(r"\b([DROQJFPXE]\d+)\b")
_WITHOUT_A_TEST = ("not applicable: ", "not used: ", "described in deploy/README.md")


def _counted(ranges: str) -> Iterator[int]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _rows(table: str) -> list[tuple[str, str]]:
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    return [(row[0], row[-1]) for row in rows]


REQUIREMENTS, CHECKED, INVARIABLE = (_rows(table) for table in TABLES)


def _named(cell: str) -> set[str]:
    """The assertions in a cell; `D1 to D3` are three."""
    spans = re.sub(
        r"([A-Z])(\d+) to [A-Z](\d+)",
        lambda span: " ".join(f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1)),
        cell,
    )
    return set(_ASSERTION.findall(re.sub(r"`[^`]*`", "", spans)))


def test_every_requirement_on_a_service_has_its_row() -> None:
    assert [int(number) for number, _ in REQUIREMENTS] == list(_counted(ON_A_SERVICE))


@pytest.mark.parametrize(("number", "met"), REQUIREMENTS, ids=[number for number, _ in REQUIREMENTS])
def test_a_requirement_is_met_by_a_test_or_said_not_to_apply(number: str, met: str) -> None:
    tests = set(re.findall(r"`(test_\w+)`", met))
    assert tests <= TESTS
    assert _named(met) <= ASSERTIONS.keys()
    assert tests or _named(met) or met.startswith(_WITHOUT_A_TEST), f"S2-{number}"


def test_a_row_names_the_assertions_that_come_from_it_and_no_others() -> None:
    named = {(f"S2-{number}", name) for number, met in REQUIREMENTS for name in _named(met)}
    come = {(word, name) for name, assertion in ASSERTIONS.items() for word in assertion.requirements.split()}
    assert named == {(word, name) for word, name in come if word.startswith("S2-")}


def test_every_assertion_has_its_row_and_every_test_of_one_exists() -> None:
    assert sorted(name for cell, _ in CHECKED for name in _named(cell)) == sorted(ASSERTIONS)
    assert {test for _, shown in CHECKED for test in re.findall(r"`(test_\w+)`", shown)} <= TESTS


def test_every_invariant_is_named_with_tests_that_exist() -> None:
    assert [key for cell, _ in INVARIABLE for key in cell.split(", ")] == list(INVARIANTS)
    assert {test for _, shown in INVARIABLE for test in re.findall(r"`(test_\w+)`", shown)} <= TESTS
