"""What a report of the reading list got, and whether it was right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.content.load import Content
from cds_service.core.ranking import kin_of
from cds_service.judgement import NO_FINDING
from tests.evaluation.groups import FINDING_GROUPS, KEPT
from tests.evaluation.reading_list import Listed
from tests.evaluation.results import Answered, Deciding, answered, deciding

ELSEWHERE = FINDING_GROUPS["mineral elsewhere"]
MINERAL_KINDS = ("soft-tissue-calcification", "rare")
"""The kinds whose reports name mineral in the soft tissues."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one report with one chart got.

    Attributes:
        likely: the etiologies called likely.
        alarms: the must-not-miss rules that spoke.
        silent: why there is no card; empty where there is one.
        wrong: the etiologies wrongly called likely, with what decided each.
    """

    listed: Listed
    likely: tuple[str, ...]
    alarms: tuple[str, ...]
    silent: str
    wrong: Mapping[str, Deciding]

    @property
    def speaks(self) -> bool:
        """Whether there is a card."""
        return not self.silent

    @property
    def false_alarm(self) -> bool:
        """Whether a must-not-miss card came that the list does not ask for."""
        return bool(self.alarms) and not self.listed.urgent

    @property
    def has_mineral(self) -> bool:
        """Whether the report names mineral in the soft tissues."""
        return self.listed.kind in MINERAL_KINDS

    @property
    def is_needless(self) -> bool:
        """Whether there is a card though none of the etiologies is there."""
        return self.speaks and not self.listed.answers


def told(content: Content, listed: Listed) -> Told:
    """Answers one report with one chart."""
    one = answered(content, listed.case)
    report = one.body["reports"][0]
    likely = tuple(etiology for etiology, tier in one.placing.ranked if tier == "likely")
    right = {name for etiology in listed.answers for name in kin_of(etiology, content.engine.rules.etiologies)}
    return Told(
        listed=listed,
        likely=likely,
        alarms=tuple(alarm["rule"] for alarm in report["mustNotMiss"] if alarm["speaks"]),
        silent="" if one.placing.speaks else why_silent(report),
        wrong=_decided(content, one, [name for name in likely if name not in right]),
    )


def _decided(content: Content, one: Answered, wrong: Iterable[str]) -> dict[str, Deciding]:
    names = set(wrong)
    return {reason.etiology: reason for reason in deciding(content, one) if reason.etiology in names} if names else {}


def why_silent(report: Mapping[str, Any]) -> str:
    """Why a report got no card, by what was read from it. `report`: that of the audit record."""
    if report["silent"] != NO_FINDING:
        return str(report["silent"])
    facts = report["facts"]
    stated = [*facts["findings"], *(finding for lesion in facts["lesions"] for finding in lesion["findings"])]
    mineral = {state for concept, state, *_ in stated if concept in KEPT}
    if "present" in mineral:
        return "mineral, but nothing that a rule is entered by"
    if any(concept in ELSEWHERE and state == "present" for concept, state, *_ in stated):
        return "mineral elsewhere only: vessel, cartilage, tendon, node, organ"
    if "uncertain" in mineral:
        return "mineral uncertain"
    return "mineral denied" if "denied" in mineral else "no mineral read"
