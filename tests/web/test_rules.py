"""The pages of rules: read by clinicians, printed to be signed; where advice comes from is open in every profile."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import insert

from cds_service.audit import schema
from cds_service.audit.engine import open_engine
from cds_service.audit.opened import Audit
from cds_service.audit.store import Store
from cds_service.audit.switches import OFF, Kind
from cds_service.audit.tally import Place, Tally
from cds_service.content.load import Content
from cds_service.settings import Settings
from cds_service.standard.source_attributes import OF_RULE, OVERALL, SCHEMAS
from tests.outline import Outline
from tests.shipped import shipped_content

PRODUCTION = {"profile": "production", "base_url": "https://cds.example.org", "clients_file": Path("clients.json")}
RULES = list(shipped_content().in_words)
PAGES = [
    "/rules",
    "/rules/changes",
    "/rules/source-attributes",
    *(f"/rules/cppd{page}" for page in ("", "/cases", "/history", "/source-attributes")),
    "/rules/severe-hypercalcaemia",
]


@pytest.fixture
def with_history(store: Store, content: Content) -> None:
    """Two content versions, the second with a changed, a removed and a new part."""
    store.put_content("before", content.snapshot)
    changed: dict[str, Any] = deepcopy(content.snapshot)
    rule = changed["rules"]["cppd"]
    rule["supports"][7]["weight"] += 1
    rule["yaml"] = rule["yaml"].replace("label: granular, domain: texture, weight: 2", "label: granular, weight: 3")
    del changed["rules"]["lipoma"]
    changed["files"]["rules/vocabulary/labs.yaml"] = "another"
    store.put_content("after", changed)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/rules", ["Secondary hyperparathyroidism", "Must not be missed", "Severe hypercalcaemia", "all as expected"]),
        (
            "/rules/cppd",
            [
                "age at least 60 years",
                "25-OH vitamin D above 150 ng/mL",
                "Calcium pyrophosphate dihydrate crystal deposition disease:",
                "defining",
                "https://doi.org/10.1148/rg.263055099",
                "Crystals in joint fluid would settle it and are not read.",
                "No clinician has reviewed this rule yet.",
                "Signature",
                "It starts at −1 point.",
                "No answered call has been counted in the last 90 days.",
            ],
        ),
        ("/rules/severe-hypercalcaemia", ["Speaks when", "calcium at least 13 mg/dL, result no older than 7 days"]),
        ("/rules/cppd/cases", ["29 years argues against", "the same", "age below 30"]),
        ("/rules/cppd/history", ["There is one version only so far"]),
        ("/rules/changes", ["There is nothing to compare."]),
        ("/rules/source-attributes", ["Not stated. The project", "Not used", "Used by 21 of 23 rules"]),
        ("/rules/lipoma/source-attributes", ["Use of date of birth", "Not used", "KRANS02"]),
    ],
)
def test_a_page_tells(path: str, told: list[str], client: FlaskClient) -> None:
    page = client.get(path).text
    assert [words for words in told if words not in page.replace("&#39;", "'")] == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_pages(rule: str, client: FlaskClient) -> None:
    for page in ("", "/cases", "/history", "/source-attributes", "/source-attributes.json"):
        assert client.get(f"/rules/{rule}{page}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/rules/none", "/rules/none/cases", "/rules/none/history", "/rules/none/source-attributes",
             "/rules/none/source-attributes.json", "/rules/changes?before=none", "/rules/cppd/history?after=none"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(path: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["resourceType"] if answer.json else "") == (404, "OperationOutcome")


@pytest.mark.usefixtures("with_history")
def test_a_change_is_shown_in_words_and_in_lines(client: FlaskClient) -> None:
    page = client.get("/rules/cppd/history?before=before&after=after").text
    assert re.search(r"item for: granular</th><td class=\"change changed\">points</td>\s*<td><del>2</del>", page)
    assert "<ins>3</ins>" in page
    assert '<span class="by-ear">removed</span>' in page
    assert "label: granular, weight: 3" in page


@pytest.mark.usefixtures("with_history")
def test_all_changes_between_two_versions_stand_on_one_page(client: FlaskClient) -> None:
    page = client.get("/rules/changes?before=before&after=after").text
    assert "rules/vocabulary/labs.yaml" in page
    assert 'id="rule-cppd"' in page
    assert 'id="rule-lipoma"' in page
    assert 'id="rule-scleroderma"' not in page


@pytest.mark.usefixtures("store")
def test_a_rule_in_use_shows_its_figures_and_leads_to_its_calls(
    build: Callable[..., Flask], settings: Settings
) -> None:
    engine = open_engine(settings.database_url, "FULL")
    tally, place = Tally(), Place("2026-01-01", "s", "c", "1")
    for kind, subject, detail in (
        ("call", "card", ""), ("rule", "cppd", "likely"), ("told", "cppd", ""), ("answered", "cppd", "overridden"),
    ):  # fmt: skip
        tally.add(place, kind, subject, detail)
    with engine.begin() as connection:
        tally.write(connection)
        purge = {"writer": "w", "number": 0, "link": b"", "at": "2026-01-01", "before": "2026-01-02", "body": "{}"}
        connection.execute(insert(schema.purges), [purge])
    engine.dispose()
    page = build().test_client().get("/rules/cppd").text
    assert re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page) == [
        ("Calls", "1"), ("Likely", "1"), ("Possible", "0"), ("With a card", "1"), ("Accepted", "0"),
        ("Overridden", "1"), ("No answer", "0"),
    ]  # fmt: skip
    assert 'href="/audit/calls?rule=cppd"' in page
    assert "Of these calls 1 was purged since, and can be looked at no more." in page


@pytest.mark.usefixtures("with_history")
@pytest.mark.parametrize("path", PAGES)
def test_pages_of_rules_can_be_read_by_ear(path: str, client: FlaskClient) -> None:
    outline = Outline()
    outline.feed(client.get(path).text)
    names = [tag for tag, _ in outline.tags]
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    targets = {attributes["href"] for tag, attributes in outline.tags if tag == "a"}
    assert names.count("h1") == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("scope") for tag, attributes in outline.tags if tag == "th")
    assert names.count("select") <= names.count("label")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in targets if target and target.startswith("#")} <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_rules_load_nothing_from_elsewhere(path: str, client: FlaskClient) -> None:
    page = client.get(path).text
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script|src=\"(https?:)?//|<link[^>]+href=\"(https?:)?//", page)


@pytest.mark.parametrize(
    ("path", "name"),
    [("/rules/source-attributes.json", OVERALL), ("/rules/cppd/source-attributes.json", OF_RULE)],
)
def test_the_attributes_as_json_are_as_openapi_describes_them(path: str, name: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert answer.mimetype == "application/json"
    Draft202012Validator(SCHEMAS[name]).validate(json.loads(answer.text))
    assert client.get("/openapi.json").json["components"]["schemas"][name] == SCHEMAS[name]  # type: ignore[index]


@pytest.mark.parametrize("path", ["/rules/source-attributes", "/rules/cppd/source-attributes"])
@pytest.mark.parametrize("form", ["", ".json"])
def test_production_says_where_advice_comes_from_to_everybody(
    path: str, form: str, build: Callable[..., Flask]
) -> None:
    answer = build(**PRODUCTION).test_client().get(path + form)
    assert answer.status_code == 200
    assert 'href="/rules/cppd"' not in answer.text


def test_each_rule_leads_to_its_own_attributes(client: FlaskClient) -> None:
    listed = client.get("/rules/source-attributes.json").json
    assert listed is not None
    for rule in listed["rules"]:
        own = client.get(rule["url"].removeprefix("http://127.0.0.1:8081")).json
        assert own is not None
        assert own["rule"] == rule


def test_a_rule_that_is_switched_off_says_since_when_by_whom_and_why(audit: Audit, client: FlaskClient) -> None:
    audit.switches.set(Kind.RULE, "cppd", OFF, "Ada", "false cards at every wrist")
    page = client.get("/rules/cppd").text
    assert '<span class="status off">off</span>' in page
    assert "by Ada: false cards at every wrist." in page
    assert "Switched off since" not in client.get("/rules/lipoma").text.partition("<main")[2]


@pytest.mark.parametrize("kind", ["rule", "must-not-miss"])
def test_no_rule_can_have_the_name_of_a_page(kind: str, client: FlaskClient) -> None:
    under = [
        rule.rule.split("/") for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/rules/")
    ]
    pages = {parts[2].removesuffix(".json") for parts in under if "<" not in parts[2]}
    schema = json.loads((Path(__file__).parents[2] / "rules" / "schema" / f"{kind}.schema.json").read_text("utf-8"))
    rule_id = Draft202012Validator({**schema["properties"]["id"], "$defs": schema.get("$defs", {})})
    assert pages
    assert [name for name in pages if rule_id.is_valid(name)] == []
    assert rule_id.is_valid("cppd")
