"""The reporting room as somebody uses it who has never seen the project: from a patient to a card, and every button."""

import json
import re
import subprocess
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import READERS, NewPage, Open
from tests.browser.test_every_page import DESK, IN_ANY_THEME, OF_THE_THEME, PHONE, POLICY, TOO_WIDE
from tests.serving import Server

AXE = Axe()
SIGNING = "calcification-report-sign"
TOUR = ("tumoral-calcinosis-typical", "secondary-hyperparathyroidism-typical", "hypervitaminosis-d-typical")
UNDECIDED, SILENT = "undecided-without-labs", "silent-normal-film"
HOOKS = ("report-sign", "patient-view", "order-sign", "report-review", "report-assist", "report-view")


def signed(page: Page) -> Page:
    """The page after its report was signed, with the card."""
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator(".hook-card").first).to_be_visible()
    return page


def first_card(page: Page) -> Locator:
    """The first card of the answer."""
    return page.get_by_role("article").first


def shown(page: Page, id_: str) -> Any:
    """What the page shows of the request or the answer, as JSON."""
    return json.loads(page.locator(f"#{id_}").text_content() or "")


def sent(request: Request) -> Any:
    """The JSON that the page sent."""
    return request.post_data_json


def report_of(request: Any) -> Any:
    """The draft report in a request."""
    return request["context"]["draftReports"]["entry"][0]["resource"]


def violations(page: Page, options: Any) -> str:
    """What axe complains of; empty for nothing."""
    found = AXE.run(page, options=options)
    return str(found.generate_report()) if found.violations_count else ""


def opened_reasons(page: Page, room: Server) -> Page:
    """The page behind "Why this card", after its sign-in."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Why this card").first.click()
    token = (room.log.parent / "var" / "local.token").read_text(encoding="ascii").strip()
    opened.value.get_by_role("textbox").fill(token)
    opened.value.get_by_role("button", name="Sign in").click()
    return opened.value


def test_who_has_never_seen_it_gets_to_a_card_by_what_the_pages_say(new_page: NewPage, room: Server) -> None:
    page = new_page(viewport=DESK)
    page.goto(room.url)
    page.get_by_role("link", name="Open the reporting room").click()
    page.get_by_role("region", name="Start here").get_by_role("link").first.click()
    page.get_by_role("button", name="Sign the report").click()
    expect(first_card(page)).to_be_in_viewport()
    expect(first_card(page).get_by_role("heading").first).to_contain_text("likely tumoral calcinosis")


@pytest.mark.parametrize("patient", TOUR)
def test_a_patient_is_followed_from_the_chart_to_the_audit_page(patient: str, chart: Open, room: Server) -> None:
    page = signed(chart(patient))
    before = page.get_by_label("Impression").input_value()
    page.get_by_role("button", name="Take it").first.click()
    expect(first_card(page)).to_contain_text("Feedback sent: 200 OK")
    assert page.get_by_label("Impression").input_value().startswith(f"{before}\n\nDifferential")
    reasons = opened_reasons(page, room)
    expect(reasons.get_by_role("heading", level=1)).to_have_text("Why this call got this answer")
    expect(reasons.locator("#card-1 .answered")).to_contain_text("Accepted")


def test_the_edited_text_is_sent_where_the_report_has_it(chart: Open) -> None:
    page = chart(TOUR[0])
    page.get_by_label("Report", exact=True).fill("FINDINGS: Normal soft tissues. “No” mineral.")
    page.get_by_label("Impression").fill("Normal.")
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator("#said")).to_contain_text("No card. 200 OK")
    expect(page.locator("#said")).to_contain_text("Silent: no soft tissue calcification")
    report = report_of(shown(page, "request-text"))
    text = page.evaluate("(data) => new TextDecoder().decode(Uint8Array.from(atob(data), (one) => one.charCodeAt(0)))",
                         report["presentedForm"][0]["data"])  # fmt: skip
    assert (report["conclusion"], text) == (
        "Normal.",
        "FINDINGS: Normal soft tissues. “No” mineral.\n\nIMPRESSION: Normal.",
    )
    page.get_by_role("button", name="Undo edits").click()
    expect(page.get_by_label("Report", exact=True)).to_have_value(re.compile("lobulated"))


def test_an_order_that_is_taken_stands_among_the_orders_and_is_signed_next(chart: Open) -> None:
    page = signed(chart(UNDECIDED))
    row = page.locator(".offers li").filter(has=page.locator(".offer", has_text="creatinine"))
    row.get_by_text("What it would change").click()
    expect(row.locator("ins")).to_be_visible()
    row.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("list", name="Orders").locator(".placed")).to_contain_text("draft, from the card")
    page.get_by_label("Hook").select_option(label="order-sign")
    with page.expect_response("**/cds-services/*") as answered:
        page.get_by_role("button", name="Sign the order").click()
    placed = sent(answered.value.request)["context"]["draftOrders"]["entry"]
    assert [one["resource"]["resourceType"] for one in placed] == ["ServiceRequest"]
    assert placed[0]["resource"]["intent"] == "proposal"


def test_a_dismissal_goes_back_with_reason_and_comment(chart: Open) -> None:
    page = signed(chart(TOUR[1]))
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if request.url.endswith("/feedback") else None)
    card = first_card(page)
    card.get_by_text("Dismiss with a reason").click()
    card.get_by_label("Reason").select_option(label="I read the evidence differently")
    card.get_by_label("Comment").fill("PTH is of last year.")
    card.get_by_role("button", name="Dismiss the card").click()
    expect(card).to_contain_text("Dismissed: I read the evidence differently. Feedback sent: 200 OK.")
    expect(card.get_by_role("button")).to_have_count(0)
    said = sent(requests[0])["feedback"][0]
    assert (said["outcome"], said["overrideReason"]["userComment"]) == ("overridden", "PTH is of last year.")
    assert said["overrideReason"]["reason"]["code"] == "recipient-disagrees-evidence"


@pytest.mark.parametrize("prefetch", [True, False], ids=["with prefetch", "fetched by the service"])
def test_every_hook_on_offer_is_answered(prefetch: bool, chart: Open) -> None:
    page = chart(TOUR[0])
    page.get_by_label("send the chart along").set_checked(prefetch)
    for hook in HOOKS:
        page.get_by_label("User").fill(f"Practitioner/{next(READERS)}")
        page.get_by_label("Hook").select_option(label=hook)
        with page.expect_response("**/cds-services/*") as answered:
            page.locator("#sign").click()
        request = sent(answered.value.request)
        assert (answered.value.status, request["hook"].endswith(hook)) == (200, True)
        assert ("prefetch" in request, "fhirAuthorization" in request) == (prefetch, not prefetch)
        expect(page.locator("#sign")).to_be_enabled()
        if hook.startswith("report"):
            expect(first_card(page)).to_contain_text("phosphate 7.4 mg/dL")


def test_an_unchanged_report_is_not_told_twice_and_the_page_says_why(chart: Open) -> None:
    page = signed(chart(TOUR[0]))
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator("#said")).to_contain_text("No card. 200 OK")
    expect(page.locator("#said")).to_contain_text("was answered before")
    expect(page.locator("#said").get_by_role("link", name="Why")).to_have_attribute("href", re.compile("^/calls/"))


def test_request_and_answer_are_copied_and_the_command_gets_the_same_answer(chart: Open) -> None:
    page = chart(TOUR[2], permissions=["clipboard-read", "clipboard-write"])
    written = page.get_by_label("Impression")
    written.fill(f'{written.input_value()} It\'s "$HOME" \\ `as it is`.')
    signed(page)
    page.get_by_text("The request, as it was sent").click()
    page.get_by_text("The answer, as it came").click()
    copied = {}
    for button in ("Copy request", "Copy as curl", "Copy answer"):
        page.get_by_role("button", name=button).click()
        expect(page.locator("#copied")).to_contain_text("copied")
        # The page may write to the clipboard and not read it, so its own field is pasted into.
        page.get_by_label("Report", exact=True).fill("")
        page.get_by_label("Report", exact=True).press("Control+V")
        copied[button] = page.get_by_label("Report", exact=True).input_value()
    assert json.loads(copied["Copy request"]) == shown(page, "request-text")
    run = subprocess.run(["bash"], input=copied["Copy as curl"].encode(), capture_output=True, check=True, timeout=60)
    assert json.loads(run.stdout) == shown(page, "answer-text") == json.loads(copied["Copy answer"])


def test_a_card_cannot_bring_markup_or_a_script_into_the_page(chart: Open) -> None:
    page = chart(TOUR[0])
    bad = "<img src=x onerror=alert(1)> <script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    link = {"label": "x", "url": "javascript:alert(1)", "type": "absolute"}
    card = {"uuid": "1", "summary": "<b>no markup</b>", "indicator": "critical", "source": {"label": "<i>s</i>"}}
    answer = json.dumps({"cards": [{**card, "detail": bad, "links": [link]}]})
    page.route(f"**/cds-services/{SIGNING}", lambda route: route.fulfill(body=answer, content_type="application/json"))
    made = first_card(signed(page))
    expect(made).to_contain_text("<b>no markup</b>")
    expect(made.locator(".rendered strong")).to_have_text("bold")
    expect(made.locator("img, script, b, i, a[href^=javascript]")).to_have_count(0)


def test_a_silent_patient_gets_no_card_and_a_reason(chart: Open) -> None:
    page = chart(SILENT)
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator("#said")).to_contain_text("Silent: no soft tissue calcification")
    expect(page.locator("#rows")).to_contain_text("No rule’s entry criterion is met")


def test_a_patient_of_an_own_fhir_server_is_fetched(new_page: NewPage, room: Server) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{room.url}/sandbox")
    page.get_by_role("link", name="Your own FHIR server").click()
    page.get_by_label("FHIR base URL").fill(f"{room.url}/sandbox/fhir/")
    page.get_by_label("Patient id").fill(TOUR[0])
    page.get_by_label("Access token").fill("any-word")
    page.get_by_label("User").fill(f"Practitioner/{next(READERS)}")
    page.get_by_label("Findings").fill("Lobulated calcified masses at the extensor surface of both hips.")
    page.get_by_label("Impression").fill("Periarticular calcified masses.")
    card = first_card(signed(page))
    expect(card).to_contain_text("phosphate 7.4 mg/dL")
    card.get_by_role("button", name="Take it").first.click()
    expect(page.get_by_label("Impression")).to_have_value(re.compile("Differential for the calcification"))
    page.get_by_label("Hook").select_option(label="patient-view")
    with page.expect_response("**/cds-services/*") as answered:
        page.get_by_role("button", name="Open the chart").click()
    request = sent(answered.value.request)
    assert (answered.value.status, request["fhirAuthorization"]["access_token"]) == (200, "any-word")
    assert "prefetch" not in request


def test_what_is_refused_is_told(chart: Open) -> None:
    page = chart(TOUR[0])
    page.get_by_label("User").fill("nobody in particular, with words")
    page.route("**/sandbox/requests/**", lambda route: route.fulfill(status=200, json={"hook": "other", "context": {}}))
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator("#said")).to_contain_text("400")
    expect(page.locator("#answer-text")).to_contain_text("OperationOutcome")


def test_by_keyboard_alone_a_card_is_got_and_taken(chart: Open) -> None:
    page = chart(TOUR[0])
    page.get_by_label("Impression").focus()
    for wanted in ("service", "user", "prefetch", "undo", "sign"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == wanted
    page.keyboard.press("Enter")
    expect(first_card(page)).to_be_visible()
    expect(page.locator("#sign")).to_be_focused()
    reached: list[str] = []
    while not reached or "Take it" not in reached[-1]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
        assert len(reached) < 10
    page.keyboard.press("Enter")
    expect(first_card(page)).to_contain_text("Feedback sent: 200 OK")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_signed_chart_is_accessible_and_fits_a_phone(theme: str, chart: Open) -> None:
    page = signed(chart(TOUR[1], color_scheme=theme))
    for closed in ("Dismiss with a reason", "The request, as it was sent", "Suppose a test that is not on file"):
        page.get_by_text(closed).first.click()
    page.get_by_role("button", name="Course of phosphate").click()
    page.get_by_role("button", name="Take it").first.click()
    expect(first_card(page)).to_contain_text("Feedback sent")
    assert violations(page, IN_ANY_THEME if theme == "light" else OF_THE_THEME) == ""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # two whole numbers by name
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("path", ["/sandbox", f"/sandbox/patients/{TOUR[0]}", "/sandbox/own-server"])
def test_the_room_is_read_without_scripts_under_the_strict_policy(path: str, new_page: NewPage, room: Server) -> None:
    page = new_page(java_script_enabled=False, viewport=PHONE)
    answer = page.goto(room.url + path)
    assert answer is not None
    assert answer.header_value("content-security-policy") == POLICY
    assert page.locator("h1").count() == 1
    expect(page.locator("main")).to_contain_text("patient")
