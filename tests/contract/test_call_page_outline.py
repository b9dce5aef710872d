"""The pages of real calls can be read by ear and by keyboard, whatever the reports hold."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from cds_service.app import create_app
from tests.conftest import NOON, settings_in
from tests.contract.calls import CHART, TEXT, URL, call
from tests.outline import Outline
from tests.signed_in import SignedIn

GROWING = "Enlarging calcified soft tissue mass of the thigh, 9 cm, with cortical destruction of the femur."
HOSTILE = f"{TEXT} <script>alert(1)</script> half \ud800 a character. Phleboliths '><img src=x>."


def with_reports(*texts: str) -> dict[str, Any]:
    body = call(TEXT, CHART)
    (entry,) = body["context"]["draftReports"]["entry"]
    body["context"]["draftReports"]["entry"] = [
        {"resource": {**entry["resource"], "id": f"draft-{place}", "conclusion": text}}
        for place, text in enumerate(texts)
    ]
    return body


@pytest.fixture(scope="module", params=["off", "on"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that keeps the texts of reports, or not; the calls of these tests are all that it gets."""
    made = create_app(replace(settings_in(tmp_path_factory.mktemp("pages")), report_text=request.param), lambda: NOON)
    made.test_client_class = SignedIn
    return made


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param((TEXT,), id="one report"),
        pytest.param((TEXT, GROWING, "Normal shoulder."), id="three reports"),
        pytest.param(("Normal shoulder.",), id="a silent report"),
        pytest.param((HOSTILE,), id="a hostile report"),
    ],
)
def test_ids_are_unique_links_lead_somewhere_and_headings_come_in_order(texts: tuple[str, ...], app: Flask) -> None:
    client, asked = app.test_client(), with_reports(*texts)
    asked["context"]["userId"] = f"Practitioner/{len(app.extensions['store'].recent(9))}"
    assert client.post(URL, json=asked).status_code == 200
    page = client.get(f"/calls/{app.extensions['store'].recent(1)[0].record.call_id}").text
    outline = Outline()
    outline.feed(page)
    names = [tag for tag, _ in outline.tags]
    ids = [attributes["id"] for _, attributes in outline.tags if attributes.get("id")]
    links = {attributes["href"] or "" for tag, attributes in outline.tags if tag == "a"}
    levels = [int(name[1]) for name in names if len(name) == 2 and name[0] == "h" and name[1].isdigit()]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("scope") for tag, attributes in outline.tags if tag == "th")
    assert all(attributes.get("aria-label") for tag, attributes in outline.tags if tag == "svg")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert (names.count("h1"), names.count("script"), names.count("img")) == (1, 1, 1)
