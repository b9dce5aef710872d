"""What the tour says to try at each of its stops comes true."""

from playwright.sync_api import expect

from tests.browser.conftest import READERS, Open
from tests.browser.test_reporting_room import TOUR, first_card, opened_reasons, sent, signed
from tests.serving import Server


def test_what_the_first_stop_says_to_try_comes_true(chart: Open) -> None:
    page = chart(TOUR[0])
    expect(page.get_by_role("region", name="Tour, 1 of 3")).to_contain_text("Put eGFR to 8")
    page.get_by_role("spinbutton", name="eGFR").fill("8")
    expect(page.locator("#words")).to_contain_text("Secondary hyperparathyroidism likely")


def test_what_the_second_stop_says_to_try_comes_true(chart: Open) -> None:
    page = signed(chart(TOUR[1]))
    expect(page.get_by_role("region", name="Tour, 2 of 3")).to_contain_text("change the user")
    first = first_card(page).get_by_role("heading").first.text_content() or ""
    page.get_by_label("send the chart along").uncheck()
    page.get_by_label("User").fill(f"Practitioner/second-{next(READERS)}")
    with page.expect_request("**/cds-services/*") as asked:
        page.get_by_role("button", name="Sign the report").click()
    assert "prefetch" not in sent(asked.value)
    expect(first_card(page).get_by_role("heading").first).to_have_text(first, timeout=20_000)


def test_what_the_third_stop_says_to_try_comes_true(chart: Open, room: Server) -> None:
    page = signed(chart(TOUR[2]))
    expect(page.get_by_role("region", name="Tour, 3 of 3")).to_contain_text("Dismiss the card with a reason")
    first_card(page).get_by_text("Dismiss with a reason").click()
    chosen = first_card(page).get_by_label("Reason").locator("option").nth(1).text_content() or ""
    first_card(page).get_by_label("Reason").select_option(index=1)
    first_card(page).get_by_role("button", name="Dismiss the card").click()
    expect(first_card(page)).to_contain_text("Feedback sent: 200 OK")
    expect(opened_reasons(page, room).locator("#card-1 .answered")).to_contain_text(chosen)
