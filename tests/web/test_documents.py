"""The documents that come with the program are pages that anybody may read."""

import pytest
from flask.testing import FlaskClient


def test_a_document_is_a_page_and_its_markdown(client: FlaskClient) -> None:
    page = client.get("/documents/report-sign")
    assert page.status_code == 200
    assert "<h1>A hook</h1>" in page.text
    assert "<code>userId</code>" in page.text
    assert client.get("/documents/report-sign.md").text.startswith("# A hook")


def test_a_document_can_hold_no_markup_of_its_own(client: FlaskClient) -> None:
    assert "<script" not in client.get("/documents/report-sign").text


@pytest.mark.parametrize("name", ["other", "other.md", "..%2fpyproject.toml"])
def test_there_are_no_other_documents(name: str, client: FlaskClient) -> None:
    answer = client.get(f"/documents/{name}")
    assert answer.status_code == 404
    assert "OperationOutcome" in answer.text
