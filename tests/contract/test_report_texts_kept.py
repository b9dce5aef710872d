"""The text of a report is in the audit store where the installation keeps it, sealed, and otherwise nowhere."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from cds_service.app import create_app
from cds_service.audit.engine import open_engine
from cds_service.security.report_texts import SealedTextsError, read_report_texts
from cds_service.settings import Settings
from tests.conftest import NOON
from tests.contract.calls import CHART, TEXT, URL, call
from tests.signed_in import SignedIn

BESIDE = "The quibblethwaite pump was handed to the patient's neighbour."
"""A sentence of a report that no rule asks for: it stands in no quoted clause."""
SENT = f"{TEXT} {BESIDE}"


def client_of(settings: Settings) -> FlaskClient:
    app = create_app(settings, clock=lambda: NOON)
    app.test_client_class = SignedIn
    return app.test_client()


def page_of(client: FlaskClient) -> str:
    """The page of the call that was answered last."""
    answered = client.post(URL, json=call(SENT, CHART))
    assert answered.json is not None
    extension = answered.json["cards"][0]["extension"]
    page = next(value for key, value in extension.items() if key.endswith(".call"))
    return client.get(page.removeprefix("http://127.0.0.1:8081")).text


def held_in(settings: Settings, folder: Path) -> Iterator[bytes]:
    """Everything that the store's files hold: their bytes, and every value that was compressed, unpacked."""
    for file in folder.glob("calls.sqlite3*"):
        yield file.read_bytes()
    engine = open_engine(settings.database_url, "FULL")
    with engine.connect() as connection:
        for table, column in (("calls", "body"), ("feedback", "body"), ("calls", "texts")):
            for value in connection.scalars(text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")):
                yield value if column == "texts" else zlib.decompress(value)
    engine.dispose()


@pytest.mark.parametrize("keeping", ["off", "on"])
def test_the_text_of_a_report_is_nowhere_in_clear(keeping: str, settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, report_text=keeping)
    page_of(client_of(settings))
    held = list(held_in(settings, tmp_path))
    assert any(b"fluid-calcium" in value for value in held), "the clauses that were quoted are there"
    assert not any(b"quibblethwaite" in value.lower() for value in held)


def test_without_the_setting_the_page_shows_the_clauses_and_says_why_not_the_text(settings: Settings) -> None:
    page = page_of(client_of(settings))
    assert "quibblethwaite" not in page
    assert "fluid-calcium levels" in page
    assert "CALCIFICATION_CDS_REPORT_TEXT" in page


def test_with_the_setting_the_page_shows_the_whole_report_and_marks_what_it_says(settings: Settings) -> None:
    page = page_of(client_of(replace(settings, report_text="on")))
    assert "quibblethwaite" in page
    assert "CALCIFICATION_CDS_REPORT_TEXT" not in page


def test_what_was_sealed_opens_with_the_key_and_is_the_report_as_it_was_read(settings: Settings) -> None:
    settings = replace(settings, report_text="on")
    app = create_app(settings, clock=lambda: NOON)
    app.test_client().post(URL, json=call(SENT, CHART))
    stored = app.extensions["store"].recent(1)[0]
    texts = read_report_texts(settings, lambda: bytes(12))
    assert texts.opened(stored.texts, stored.record.call_id) == (SENT,)
    with pytest.raises(SealedTextsError):
        texts.opened(stored.texts, "another call")


def test_when_the_key_is_gone_the_page_says_so_and_shows_the_clauses(settings: Settings, tmp_path: Path) -> None:
    page_of(client_of(replace(settings, report_text="on")))
    (tmp_path / "report-text.key").unlink()
    page = page_of(client_of(settings))
    # The call is a repeat: its page tells of its first delivery, whose text was sealed.
    assert "cannot be shown: it was sealed with the key" in page
    assert "quibblethwaite" not in page
    assert "fluid-calcium levels" in page
