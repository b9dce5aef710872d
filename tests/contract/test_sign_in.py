"""People sign in at a real OpenID provider to a production installation of two workers, and tricks let nobody in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from cds_service.app import utc_now
from tests.contract.calls import CHART, URL, call
from tests.contract.trusted import BASE, production, publishing
from tests.security.sign_in.oidc_provider import CLIENT_ID, CLIENT_SECRET, OWN, Provider, Writing, by, providing
from tests.security.tampered import good
from tests.serving import Server
from tests.tokens import signed, signer

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SESSION = "__Host-calcification-cds-session"
CALLBACK = f"{BASE}/sign-in/callback"
NOW = int(utc_now().timestamp())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Provider]]:
    folder = tmp_path_factory.mktemp("signing-in")
    (folder / "session.key").write_bytes(bytes(range(32)))
    (folder / "client.secret").write_text(CLIENT_SECRET, encoding="utf-8")
    with publishing(folder) as publisher, providing(publisher.certificate, CALLBACK) as provider:
        settings = {
            "OIDC_ISSUER": provider.url,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET_FILE": str(folder / "client.secret"),
            "OIDC_ROLES_CLAIM": "realm_access.roles",
            "OIDC_ROLES": "reader=cds-read,auditor=cds-audit,editor=cds-edit",
            "SESSION_KEY_FILE": str(folder / "session.key"),
        }
        with production(folder, publisher, settings) as server:
            yield server, provider


@pytest.fixture
def server(running: tuple[Server, Provider]) -> Server:
    return running[0]


@pytest.fixture
def provider(running: tuple[Server, Provider]) -> Provider:
    running[1].behave()
    return running[1]


def set_cookies(answer: requests.Response) -> list[str]:
    """Each Set-Cookie header of an answer."""
    return list(answer.raw.headers.getlist("Set-Cookie"))


class Browser:
    """A browser for which TLS ends in front of the service: it brings Secure cookies along, and follows by hand."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **more: Any) -> requests.Response:
        return self._send("GET", path, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        return self._send("POST", path, **more)

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        given = {**PAGE, **(headers or {}), "Cookie": "; ".join(f"{name}={v}" for name, v in self.cookies.items())}
        answer = requests.request(
            method, self.server.url + path, headers=given, allow_redirects=False, timeout=20, **more
        )
        for line in set_cookies(answer):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            self.cookies.update({name: value} if value else {})
        return answer

    def to_the_provider(self, path: str = "/audit/looks") -> str:
        """Ask for a page; the address at the provider to which that leads."""
        first = self.get(path)
        assert first.status_code == 303, first.text
        return self.get(first.headers["Location"]).headers["Location"]

    def back_from(self, address: str) -> str:
        """Sign in at the provider; the path of the callback."""
        answered = requests.get(address, allow_redirects=False, timeout=20, verify=False)
        assert answered.headers["Location"].startswith(CALLBACK)
        return answered.headers["Location"].removeprefix(BASE)

    def sign_in(self, path: str = "/audit/looks") -> requests.Response:
        """The whole way; the answer to the callback."""
        return self.get(self.back_from(self.to_the_provider(path)))


@pytest.fixture
def browser(server: Server, provider: Provider) -> Browser:  # noqa: ARG001  # a provider that behaves
    return Browser(server)


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # the browser's part, not the service's


def test_the_way_to_a_page_leads_over_the_provider_and_back(browser: Browser, provider: Provider) -> None:
    asked = parse_qs(urlsplit(browser.to_the_provider("/audit/looks?person=Ada")).query)
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert {len(asked[name][0]) > 20 for name in ("state", "nonce", "code_challenge")} == {True}
    answer = browser.sign_in("/audit/looks?person=Ada")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/audit/looks?person=Ada")
    page = browser.get("/audit/looks?person=Ada")
    assert page.status_code == 200
    assert "Ada Lovelace" in page.text
    assert f'title="Ada Lovelace (ada-1 at {provider.url})"' in page.text


def test_the_link_on_a_card_leads_to_its_page_and_the_look_is_on_record(browser: Browser, server: Server) -> None:
    headers = {"Authorization": good(utc_now(), aud=BASE + URL)}
    body = call("Large lobulated periarticular calcified masses about both hips.", CHART)
    (card,) = requests.post(server.url + URL, json=body, headers=headers, timeout=20).json()["cards"]
    path = card["links"][0]["url"].removeprefix(BASE)
    assert browser.sign_in(path).headers["Location"] == path
    assert browser.get(path).status_code == 200
    assert browser.get("/audit/looks", params={"call": path.rpartition("/")[2]}).text.count("call page") == 1


def test_the_session_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts(browser: Browser) -> None:
    beginning = browser.get("/sign-in")
    answer = browser.get(browser.back_from(beginning.headers["Location"]))
    given = set_cookies(beginning) + [line for line in set_cookies(answer) if line.startswith(SESSION)]
    assert len(given) == 2
    for line in given:
        assert {part.strip() for part in line.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}, line
    assert any(line.startswith("__Host-calcification-cds-sign-in=;") for line in set_cookies(answer))


def test_a_session_that_was_there_before_is_not_the_one_after(browser: Browser) -> None:
    browser.sign_in()
    planted = browser.cookies[SESSION]
    browser.get(browser.back_from(browser.get("/sign-in").headers["Location"]))
    assert browser.cookies[SESSION] != planted


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ({"roles": ["cds-audit"]}, 200),
        ({"roles": "cds-audit"}, 200),
        ({"roles": ["cds-read", "cds-edit"]}, 403),
        ({"roles": ["auditor", "unknown"]}, 403),
        ({"roles": []}, 403),
        (["cds-audit"], 403),
        (None, 403),
    ],
)
def test_the_page_of_looks_is_for_auditors(roles: Any, status: int, browser: Browser, provider: Provider) -> None:
    provider.says = {"realm_access": roles}
    assert browser.sign_in().status_code == 303
    page = browser.get("/audit/looks")
    assert page.status_code == status
    if status == 403:
        assert "for the role auditor" in page.text
        assert f"accounts at {provider.url} for cds-audit" in page.text
        assert "Sign out" in page.text


def hmac_with_the_public_key(said: dict[str, Any]) -> str:
    other = signer("oct", "RSA", "RS256")
    return signed(other, {"alg": "HS256", "typ": "JWT", "kid": OWN.kid}, said)


WRONG_TOKENS: list[tuple[str, dict[str, Any], Writing | None]] = [
    ("another nonce", {"nonce": "another"}, None),
    ("no nonce", {"nonce": None}, None),
    ("another audience", {"aud": "another"}, None),
    ("another party", {"azp": "another"}, None),
    ("another issuer", {"iss": "https://evil.example"}, None),
    ("expired", {"iat": NOW - 7200, "exp": NOW - 3600}, None),
    ("from the future", {"iat": NOW + 86_400, "exp": NOW + 90_000}, None),
    ("no expiry", {"exp": None}, None),
    ("no subject", {"sub": None}, None),
    ("another's key", {}, by(signer("evil", "RSA", "RS256"), kid="provider")),
    ("an unknown key", {}, by(signer("evil", "RSA", "RS256"))),
    ("HMAC", {}, hmac_with_the_public_key),
    ("unsigned", {}, lambda said: signed(OWN, {"alg": "none", "kid": OWN.kid}, said)),
]


@pytest.mark.parametrize(("what", "says", "writes"), WRONG_TOKENS, ids=[case[0] for case in WRONG_TOKENS])
def test_a_wrong_id_token_lets_nobody_in(
    what: str, says: dict[str, Any], writes: Writing | None, browser: Browser, provider: Provider
) -> None:
    provider.says = says
    provider.writes = writes or provider.writes
    assert browser.sign_in().status_code == 403, what
    assert browser.get("/audit/looks").status_code == 303


@pytest.mark.parametrize(
    "redirected",
    [
        {"state": "another"},
        {"state": None},
        {"state": ""},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"code": "invented"},
        {"code": None},
        {"error": "access_denied", "code": None},
    ],
)
def test_a_wrong_redirect_lets_nobody_in(
    redirected: dict[str, str | None], browser: Browser, provider: Provider
) -> None:
    provider.redirect = redirected
    assert browser.sign_in().status_code == 403
    assert browser.get("/audit/looks").status_code == 303


def test_an_answer_of_the_provider_counts_once_also_at_both_workers_at_once(browser: Browser, server: Server) -> None:
    callback = browser.back_from(browser.get("/sign-in").headers["Location"])
    ticket = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}

    def come_back(_: int) -> int:
        return requests.get(server.url + callback, headers=ticket, allow_redirects=False, timeout=20).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come_back, range(8))) == [303] + [403] * 7


def test_an_answer_that_another_browser_began_signs_nobody_in(browser: Browser, server: Server) -> None:
    callback = browser.back_from(browser.get("/sign-in").headers["Location"])
    for other in (Browser(server), Browser(server)):
        assert other.get(callback).status_code == 403
        other.get("/sign-in")
    assert other.get(callback).status_code == 403
    assert SESSION not in other.cookies


def test_who_signs_out_is_out_at_every_worker_and_is_shown_the_way_out_of_the_provider(
    browser: Browser, server: Server, provider: Provider
) -> None:
    browser.sign_in()
    copy = {"Cookie": f"{SESSION}={browser.cookies[SESSION]}", **PAGE}
    form = browser.get("/audit/looks").text
    secret = form.partition('name="csrf" value="')[2].partition('"')[0]
    assert browser.post("/sign-out").status_code == 403
    assert browser.post("/sign-out", data={"csrf": secret}).headers["Location"] == "/signed-out"
    assert f'href="{provider.url}/end?client_id={CLIENT_ID}"' in browser.get("/signed-out").text
    assert SESSION not in browser.cookies
    statuses = {
        requests.get(f"{server.url}/audit/looks", headers=copy, allow_redirects=False, timeout=20).status_code
        for _ in range(8)
    }
    assert statuses == {303}


def test_a_provider_whose_token_endpoint_is_down_is_a_clear_503(browser: Browser, provider: Provider) -> None:
    provider.answers = False
    answer = browser.sign_in()
    assert answer.status_code == 503
    assert "Nobody can sign in now" in answer.text


@pytest.mark.parametrize("trick", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aX:%20y"])
def test_the_way_back_never_leads_elsewhere(trick: str, browser: Browser) -> None:
    beginning = browser.get("/sign-in", params={"next": trick})
    location = browser.get(browser.back_from(beginning.headers["Location"])).headers["Location"]
    assert location in ("/", "/%0d%0aX:%20y")


def test_calls_of_reporting_systems_know_no_cookie(browser: Browser) -> None:
    browser.sign_in()
    bare = browser.get("/cds-services")
    assert bare.status_code == 401
    answer = browser.get("/cds-services", headers={"Authorization": good(utc_now(), aud=f"{BASE}/cds-services")})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_first_page_is_for_people_with_a_role_and_other_pages_ask_too(browser: Browser) -> None:
    for path in ("/", "/calls/1", "/audit/looks"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"].split("=")[0]) == (303, "/sign-in?next")
        assert browser.get(path, headers={"Accept": "application/json"}).status_code == 401
