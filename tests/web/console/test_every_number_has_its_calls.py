"""Every number of the console leads to exactly the calls that it counts."""

import re

import pytest
from flask.testing import FlaskClient

from tests.audit.console_data import RULES
from tests.web.console.conftest import PERIOD, page
from tests.web.console.links import counts_in, links_in

PAGES = [
    f"/audit?{PERIOD}",
    "/audit?from=2026-01-10&to=2026-01-20&client=university %26 clinics&service=calcification-report-sign",
    f"/audit/quality?{PERIOD}",
    f"/audit/quality?{PERIOD}&service=calcification-patient-view",
    f"/audit/answers?{PERIOD}",
    f"/audit/answers?{PERIOD}&place=any&client=ambulance",
    f"/audit/rules/{RULES[0]}?{PERIOD}",
]
_TOTAL = re.compile(r'data-total="(\d+)"')


@pytest.mark.parametrize("address", PAGES)
def test_a_number_is_the_count_of_the_calls_behind_it(address: str, console: FlaskClient) -> None:
    told = counts_in(page(console, address))
    assert len(told) > 5
    behind = {href: int(_TOTAL.findall(page(console, href))[0]) for href, _ in told}
    assert {href: number for href, number in told if behind[href] != number} == {}


def test_the_pages_of_a_list_hold_each_call_once(console: FlaskClient) -> None:
    address, seen = f"/audit/calls?{PERIOD}", list[str]()
    first = page(console, address)
    for _ in range(10):
        shown = page(console, address)
        listed = [href for href, _, words in links_in(shown) if href.startswith("/calls/") and words[:2] == "20"]
        seen += listed
        older = [href for href, _, words in links_in(shown) if words == "Older calls"]
        if not older:
            break
        address = older[0]
    assert len(seen) == len(set(seen)) == int(_TOTAL.findall(first)[0]) > 100


def test_the_reason_of_an_override_is_three_clicks_away(console: FlaskClient) -> None:
    overview = page(console, f"/audit?{PERIOD}")
    first = next(href for href, _ in counts_in(overview) if "rule=" in href and "answer=overridden" in href)
    second = next(href for href, _, words in links_in(page(console, first)) if words == "overridden")
    assert second.endswith("#feedback")
    call = console.get(second)
    assert 'id="feedback"' in call.text
    assert "overridden" in call.text.partition('id="feedback"')[2]
