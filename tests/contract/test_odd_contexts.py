"""Whatever stands in the context of a call, of any hook, the service answers or says what is wrong."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.calls import URL, call
from tests.fuzz.calls import OTHER_HOOKS
from tests.fuzz.installation import whole_service

HALF_A_CHARACTER = "P/\ud800"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return whole_service(tmp_path_factory.mktemp("odd")).test_client()


@pytest.mark.parametrize(
    ("path", "body"), [(URL, call()), *((f"/cds-services/{name}", body) for name, body in OTHER_HOOKS)]
)
@pytest.mark.parametrize(
    "member", ["userId", "patientId", "encounterId", "reportId", "status", "category", "procedure"]
)
@pytest.mark.parametrize("value", [HALF_A_CHARACTER, "e e/..?", "a" * 5000], ids=["half", "odd", "long"])
def test_an_odd_text_in_a_context_is_no_failure(
    path: str, body: Any, member: str, value: str, client: FlaskClient
) -> None:
    answer = client.post(path, json={**body, "context": {**body["context"], member: value}})
    assert answer.status_code in (200, 400, 412)


def test_reports_without_an_id_get_cards_with_ids_of_their_own(client: FlaskClient) -> None:
    body = call()
    (entry,) = body["context"]["draftReports"]["entry"]
    nameless = {key: value for key, value in entry["resource"].items() if key != "id"}
    for drafts in ([nameless, nameless], [entry["resource"]] * 2):
        twice = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in drafts]}
        context = {"userId": f"Practitioner/{len(drafts[0])}", "patientId": "example", "draftReports": twice}
        answer = client.post(URL, json={**body, "context": context}).json
        assert answer is not None
        things = [thing for card in answer["cards"] for thing in (card, *card.get("suggestions", ()))]
        assert len(answer["cards"]) == 2
        assert len({thing["uuid"] for thing in things}) == len(things)
