"""The tour of the reporting room in Firefox: three patients from the chart to feedback to the call's audit page."""

from collections.abc import Iterator

import pytest

from tests.browser.firefox import HOW_TO_GET_ONE, Firefox, firefox
from tests.browser.test_reporting_room import TOUR
from tests.serving import Server, serving


@pytest.fixture(scope="module")
def fox() -> Iterator[Firefox]:
    with firefox() as found:
        if found is None:
            pytest.skip(HOW_TO_GET_ONE)
        yield found


@pytest.fixture(scope="module")
def room(fox: Firefox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert fox.tabs()
    with serving(tmp_path_factory.mktemp("room")) as running:
        yield running


@pytest.mark.parametrize("patient", TOUR)
def test_a_patient_is_followed_from_the_chart_to_the_audit_page(patient: str, fox: Firefox, room: Server) -> None:
    page = fox.open(f"{room.url}/sandbox/patients/{patient}")
    before = page.text(page.find("textbox", "Impression"))
    page.click(page.find("button", "Sign the report"))
    page.click(page.find("button", "Take it"))
    fox.until(lambda: "Feedback sent: 200 OK" in page.text(page.css("article")))
    assert page.text(page.find("textbox", "Impression")).startswith(f"{before}\n\nDifferential")
    tabs = fox.tabs()
    page.click(page.css("article a[href*='/calls/']"))
    reasons = page.opened(tabs)
    token = (room.log.parent / "var" / "local.token").read_text(encoding="ascii").strip()
    reasons.write(reasons.css("input[name=token]"), token)
    reasons.click(reasons.find("button", "Sign in"))
    assert "Accepted" in reasons.text(reasons.css("#card-1 .answered"))
    assert reasons.text(reasons.css("h1")) == "Why this call got this answer"
    assert fox.complaints == []
