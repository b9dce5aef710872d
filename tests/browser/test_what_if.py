"""What if: sliders, units and unknowns move the ranking of the reporting room, and nothing of it is recorded."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.serving import Server

PATIENT = "tumoral-calcinosis-typical"


def test_a_slider_moves_the_ranking_and_the_record_stays_as_it_is(chart: Open, room: Server) -> None:
    page = chart(PATIENT)
    first = page.locator(".rank").first
    words = page.locator("#words")
    expect(words).to_have_text("Tumoral calcinosis likely, 27 points.")
    count = calls_on_record(room)
    number = page.get_by_label("eGFR, value")
    number.fill("6")
    expect(page.get_by_label("eGFR, slider")).to_have_value("6")
    number = page.get_by_label("PTH, value")
    number.fill("900")
    expect(words).to_contain_text("Secondary hyperparathyroidism likely")
    expect(first.locator(".name")).to_have_text("Secondary hyperparathyroidism")
    expect(first.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"points, between -?\d+ and -?\d+"))
    page.get_by_role("button", name="Back to the chart").click()
    expect(words).to_have_text("Tumoral calcinosis likely, 27 points.")
    slider = page.get_by_label("phosphate, slider")
    slider.focus()
    slider.press("Home")
    expect(words).not_to_contain_text("27 points")
    assert calls_on_record(room) == count


def calls_on_record(room: Server) -> int:
    """How many calls the record holds."""
    asked = {"since": "2020-01-01", "identified": "true"}
    answer = room.signed_in().get(f"{room.url}/audit/api/calls", params=asked, timeout=30)
    return len(answer.json()["calls"])


def test_what_is_made_unknown_widens_the_interval_and_the_age_counts(chart: Open) -> None:
    page = chart(PATIENT)
    points = page.locator(".rank").first.locator(".points")
    expect(points).to_have_text("27")
    page.locator("[data-lab=phosphate]").get_by_label("known").uncheck()
    expect(points).to_have_text("23 (21 to 27)")
    page.get_by_role("button", name="Back to the chart").click()
    expect(points).to_have_text("27")
    page.get_by_label("Age in years").fill("70")
    expect(points).to_have_text("23")
    page.locator("[data-age]").get_by_label("known").uncheck()
    expect(points).to_have_text("25 (23 to 27)")
    page.get_by_text("Suppose a test that is not on file").click()
    page.get_by_label("anti-Jo-1, result").select_option("positive")
    expect(page.locator("[data-lab=anti-jo-1]")).to_have_class(re.compile("moved"))


def test_units_are_switched_for_the_whole_page_and_change_nothing_else(chart: Open) -> None:
    page = chart(PATIENT)
    words = page.locator("#words")
    expect(words).to_contain_text("27 points")
    cell = page.locator("tr[data-name=phosphate] td").first
    expect(cell).to_contain_text("7.4 mg/dL")
    page.get_by_label("SI units").first.check()
    expect(cell).to_contain_text("2.39 mmol/L")
    expect(page.get_by_label("phosphate, value")).to_have_value("2.39")
    expect(page.get_by_label("SI units").last).to_be_checked()
    page.get_by_label("phosphate, value").fill("1.1")
    expect(words).not_to_contain_text("27 points")
    page.get_by_label("conventional units").last.check()
    expect(page.get_by_label("phosphate, value")).to_have_value("3.4")


def test_a_course_opens_below_its_line_and_closes(chart: Open) -> None:
    page = chart(PATIENT)
    button = page.get_by_role("button", name="Course of phosphate")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".live-trend canvas")).to_be_visible()
    page.get_by_label("SI units").first.check()
    expect(page.locator(".live-trend canvas")).to_be_visible()
    button.click()
    expect(page.locator(".live-trend")).to_have_count(0)
