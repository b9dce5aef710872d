"""Every case that a rule carries comes out as its author expects; every limit and every state has a case."""

import pytest

from cds_service.content.cases import CaseVerdict, judge_cases
from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.content.schemas import Schemas

RULES, CARDS = default_content()
CONTENT = load_content(RULES, CARDS)
VERDICTS = judge_cases(CONTENT, RULES, Schemas((RULES / "schema", CARDS / "schema")))


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: f"{verdict.file.rpartition('/')[2]}: {verdict.name}")
def test_a_case_comes_out_as_its_author_expects(verdict: CaseVerdict) -> None:
    assert not verdict.problems, "\n".join(map(str, verdict.problems))


def test_each_of_the_eighteen_etiologies_has_an_active_rule_that_quotes_the_document() -> None:
    active = {rule.etiology for rule in CONTENT.engine.rules.rules if rule.status == "active"}
    assert active == set(CONTENT.engine.rules.etiologies)
    assert len(active) == 18


def test_no_rule_has_been_signed_without_a_named_clinician() -> None:
    assert {rule.reviewed for rule in CONTENT.engine.rules.rules} == {"none"}


def test_a_rule_keeps_within_the_thresholds_that_all_rules_share() -> None:
    scoring = CONTENT.engine.rules.scoring
    assert (scoring.likely_points, scoring.likely_kinds, scoring.possible_points) == (4, 2, 0)


def test_only_the_rule_that_forbids_a_biopsy_speaks_of_one() -> None:
    speaking = [alarm for alarm in CONTENT.engine.rules.alarms if "biops" in alarm.message.lower()]
    assert speaking
    assert all("biopsy" in alarm.forbids for alarm in speaking)
