"""Two hospitals that call the service, and what their readers do with the cards: the same in every run."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.app import random_id
from cds_service.hooks import SERVICES
from tests.evaluation.reading_list import Listed, reading_list
from tests.evaluation.told import MINERAL_KINDS
from tests.scenarios.asking import bundle, observation, request_of, stored_report
from tests.tokens import Signer, claims, signer, token

SIGNING, OPENING = "calcification-report-sign", "calcification-patient-view"
KEYS: Mapping[str, Signer] = {"county": signer("county"), "university": signer("university")}
REASONS: Sequence[tuple[str, str]] = (
    ("recipient-disagrees-evidence", "Phleboliths, not a mass: compare the radiograph of 2024."),
    ("cds-not-applicable", ""),
    ("action-completed", "Labs were done elsewhere, see the letter."),
    ("need-more-info", ""),
    ("", "Old injection sites, told by the patient."),
)
_DAY_OF_THE_LIST = "2026-06-29"
"""The day of every result on the reading list."""
_PDF = {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}

Json = dict[str, Any]
Post = Callable[[str, Json, Mapping[str, str]], list[Json]]
"""Sends a body to a path with these headers, and gives the cards of the answer."""


def clients_file() -> str:
    """The two hospitals as the settings name them."""
    named = [
        {"id": name, "name": name.title(), "iss": f"https://{name}.example", "keys": [key.jwk]}
        for name, key in KEYS.items()
    ]
    return json.dumps({"clients": named})


def proof(client: str, url: str, path: str, now: datetime) -> dict[str, str]:
    """The headers of a request: a token of this client; none for one of this machine."""
    if client not in KEYS:
        return {}
    said = claims(now, iss=f"https://{client}.example", aud=url + path, jti=random_id())
    return {"Authorization": f"Bearer {token(KEYS[client], said)}"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One call, and the reader's answer to its card.

    Attributes:
        service: that is called.
        client: who calls; empty for this machine.
        request: the body.
        says: the feedback on the first card; empty where the reader gives none.
    """

    service: str
    client: str
    request: Json
    says: Json

    def paid(self, post: Post, url: str, now: datetime) -> None:
        """Call, and answer the card."""
        path = f"/cds-services/{self.service}"
        cards = post(path, self.request, proof(self.client, url, path, now))
        if cards and self.says:
            at = (now + timedelta(minutes=3)).isoformat()
            said = {**self.says, "card": cards[0]["uuid"], "outcomeTimestamp": at}
            if said["outcome"] == "accepted":
                said["acceptedSuggestions"] = [{"id": one["uuid"]} for one in cards[0].get("suggestions", ())[:1]]
            path += "/feedback"
            post(path, {"feedback": [said]}, proof(self.client, url, path, now))


def visits(many: int, day: Callable[[int], datetime]) -> Iterator[Visit]:
    """So many visits. Of seven reports three name no mineral; in the last week a dialysis unit sends its patients."""
    listed = reading_list().listed
    telling = [one for one in listed if one.kind in MINERAL_KINDS]
    others = [one for one in listed if one.kind not in MINERAL_KINDS]
    dialysis = [one for one in telling if "secondary-hyperparathyroidism" in one.answers]
    for number in range(many):
        late = number >= many - many // 13
        source = dialysis if late and number % 2 else others if number % 7 in (1, 3, 5) else telling
        yield _visit(source[number * 37 % len(source)], number, day(number))


def _visit(listed: Listed, number: int, now: datetime) -> Visit:
    client = ("county", "university", "county", "")[number % 4]
    service = OPENING if number % 9 == 4 else SIGNING
    made = _opened(listed, now) if service == OPENING else _signed(listed, number, now)
    request = _of_patient(f"patient-{number % 60}", made)
    request["hookInstance"] = str(uuid5(NAMESPACE_URL, f"visit {number}"))
    request["context"].update(userId=f"Practitioner/{number}")
    if number % 19 == 7:
        del request["context"]["patientId"]
    return Visit(service, client, request, _answer(number))


def _of_patient(patient: str, request: Json) -> Json:
    """A request of the lists, whose patient has this id."""
    of: Json = json.loads(
        json.dumps(request).replace(f"Patient/{request['context']['patientId']}", f"Patient/{patient}")
    )
    of["context"]["patientId"] = of["prefetch"]["patient"]["id"] = patient
    return of


def _signed(listed: Listed, number: int, now: datetime) -> Json:
    yesterday = (now - timedelta(days=1)).date().isoformat()
    request: Json = json.loads(json.dumps(listed.case.request).replace(_DAY_OF_THE_LIST, yesterday))
    if number % 5 == 2:
        unreadable = observation("phosphate", 9.0, "mg/dL", effectiveDateTime=yesterday)
        unreadable["valueQuantity"] = {"value": 9, "unit": "drops"}
        request["prefetch"]["phosphate"] = bundle([unreadable])
    if number % 6 == 1:
        (drafted,) = request["context"]["draftReports"]["entry"]
        drafted["resource"]["presentedForm"] = [_PDF]
    return request


def _opened(listed: Listed, now: datetime) -> Json:
    (drafted,) = listed.case.request["context"]["draftReports"]["entry"]
    stored = stored_report(
        "imaging-1", drafted["resource"]["conclusion"], (now - timedelta(days=30)).date().isoformat()
    )
    return request_of(SERVICES[OPENING], {}, {"imaging": bundle([stored])})


def _answer(number: int) -> Json:
    if number % 5 in (0, 3):
        return {"outcome": "accepted"}
    if number % 5 == 4:
        return {}
    code, comment = REASONS[number // 5 % len(REASONS)]
    reason = {"reason": {"code": code}} if code else {}
    comment_given = {"userComment": comment} if comment else {}
    return {"outcome": "overridden", "overrideReason": {**reason, **comment_given}}
