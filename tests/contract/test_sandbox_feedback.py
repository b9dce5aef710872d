"""The running service takes feedback exactly as the public CDS Hooks sandbox sends it."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.calls import CHART, URL, call

RECORDED = sorted((Path(__file__).parents[2] / "fixtures" / "feedback").glob("sandbox-*.json"))


def about(card: dict[str, Any], recorded: Path) -> dict[str, Any]:
    """The recorded request with the ids of a card that was really sent."""
    body: dict[str, Any] = json.loads(recorded.read_text("utf-8"))
    (item,) = body["feedback"]
    item["card"] = card["uuid"]
    for taken in item.get("acceptedSuggestions", ()):
        taken["id"] = card["suggestions"][0]["uuid"]
    return body


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
def test_what_the_sandbox_sends_is_taken_and_joined_to_the_call(
    recorded: Path, service_url: str, visitor: requests.Session
) -> None:
    answer = requests.post(service_url + URL, json=call(f"{recorded.stem}: calcified hip mass.", CHART), timeout=10)
    (card,) = answer.json()["cards"]
    for _ in range(2):
        taken = requests.post(f"{service_url}{URL}/feedback", json=about(card, recorded), timeout=10)
        assert (taken.status_code, taken.json()) == (200, {})
    page = visitor.get(card["links"][0]["url"], timeout=10).text
    assert page.count("<td>loopback</td>") == 1
    assert "not on this card" not in page


def test_the_recorded_shapes_are_all_that_the_sandbox_knows() -> None:
    shapes = {path.stem: sorted(json.loads(path.read_text("utf-8"))["feedback"][0]) for path in RECORDED}
    bare = ["card", "outcome", "outcomeTimestamp"]
    assert shapes == {
        "sandbox-accepted": sorted([*bare, "acceptedSuggestions"]),
        "sandbox-dismissed": bare,
        "sandbox-dismissed-for-a-reason": sorted([*bare, "overrideReason"]),
        "sandbox-dismissed-for-a-reason-without-system": sorted([*bare, "overrideReason"]),
    }
