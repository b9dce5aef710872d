"""The page of the figures over HTTP: what it shows, and whether it says so when they are of other rules."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from cds_service.app import create_app
from cds_service.content.locate import default_patients
from cds_service.sandbox.measurement import FILE, Measurement, read_measurement
from cds_service.settings import Settings
from cds_service.web.sandbox.figures import figures_page, share_span
from tests.replay.candidates import Edit, candidate_folders
from tests.shipped import shipped_content

ADDRESS = "/sandbox/figures"
OTHER_RULES = "These figures are not of the rules in use."


@pytest.fixture(scope="module")
def measurement() -> Measurement:
    return read_measurement(default_patients() / FILE)


def demo_in(folder: Path, **chosen: Path) -> Flask:
    """A demo in a folder."""
    files = {name: folder / name for name in ("patient_key_file", "audit_key_file", "local_token_file", "spool_dir")}
    settings = Settings(database_url=f"sqlite:///{folder}/calls.sqlite3", **files, **chosen)  # type: ignore[arg-type]
    return create_app(settings)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return demo_in(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def page(demo: Flask) -> str:
    return demo.test_client().get(ADDRESS).text


def plain(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_shows_the_shipped_figures_and_says_what_they_are_not(page: str, measurement: Measurement) -> None:
    words = plain(page)
    spoken, likely = measurement.figures.spoken, measurement.figures.likely
    assert "This is regression, not accuracy." in words
    assert f"get a card {1000 * spoken.cards / spoken.reports:.1f} " in words
    assert f"{spoken.cards} of {spoken.reports:,} reports" in words
    assert f"“likely” was right {likely.right} of {likely.times} " in words
    assert f"calcification-cds measure {measurement.made.arguments}" in words
    assert OTHER_RULES not in words


def test_every_etiology_has_its_numbers_or_is_told_to_be_unmet(page: str, measurement: Measurement) -> None:
    called = plain(page.partition('id="called"')[2].partition("</section>")[0])
    counted, _, unmet = called.partition("None met")
    for name, one in measurement.figures.named.items():
        assert f"{one.times} {one.right} {one.another} {one.none} " in counted, name
    assert "Tumoral calcinosis" in unmet


def test_who_was_told_wrongly_is_linked_where_the_room_has_the_story(demo: Flask, measurement: Measurement) -> None:
    taught = replace(
        next(one for one in measurement.signed if one.wrong), story="lipoma-typical", grade="typical", title="Taught"
    )
    with demo.test_request_context():
        page = figures_page(replace(measurement, signed=(taught, *measurement.signed)), shipped_content()).get_data(
            as_text=True
        )
    assert re.findall(r'href="/sandbox/patients/([^"]+)"', page)[0] == "lipoma-typical"


def test_it_says_so_when_other_rules_are_in_use(tmp_path: Path) -> None:
    rules, cards = candidate_folders(tmp_path / "candidate", Edit("rules/scoring.yaml", "points: 4", "points: 5"))
    other = demo_in(tmp_path, rules_dir=rules, cards_dir=cards).test_client().get(ADDRESS)
    assert OTHER_RULES in plain(other.text)


@pytest.mark.parametrize(("part", "whole", "share"), [(0, 1, 0.0), (1, 1, 200.0), (1, 2, 100.0)])
def test_a_share_is_drawn_within_its_interval(part: int, whole: int, share: float) -> None:
    span = share_span(part, whole)
    assert span.share == share
    assert 0 <= span.low <= span.share <= span.high <= 200
    assert span.high - span.low > 100
