"""Loads all content at once: every file is read, every problem is told, and only whole content is ever used."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cds_service.content.cards import read_wording
from cds_service.content.conditions import KnownWords
from cds_service.content.etiologies import read_etiologies
from cds_service.content.files import alarm_files, digests, name_of, rule_files, version_of
from cds_service.content.rules import read_alarm, read_rule, read_scoring
from cds_service.content.schemas import Schemas
from cds_service.content.snapshot import snapshot
from cds_service.content.source_attributes import FILE, read_source_attributes
from cds_service.content.vocabulary import Vocabulary, read_vocabulary
from cds_service.content.yaml_source import Source, read_source
from cds_service.core.cards import Speaker
from cds_service.core.evaluate import Engine
from cds_service.core.findings import ReportReader
from cds_service.core.history import HistoryVocabulary
from cds_service.core.labs import LabVocabulary
from cds_service.core.rule_text import RuleText, rule_texts
from cds_service.core.rules import ACTIVE, Alarm, Etiology, Rule, RuleSet, Scoring
from cds_service.core.source_attributes import Declared, SourceAttributes, source_attributes
from cds_service.core.view import HistorySources
from cds_service.core.wording import CardWords, Wording
from cds_service.errors import ContentError, Problem

CARD_KINDS = ("common", "differential", "must-not-miss", "work-up", "missing-tests")


@dataclass(frozen=True)
class Content:
    """Content ready for use.

    Attributes:
        version: the start of the SHA-256 of all files but the cases.
        engine: the rules, prepared.
        vocabulary: labs, history, findings, and the reader made from them.
        words: the wording of the cards.
        declared: the regulation that asks for source attributes, and what is declared of each.
        texts: the files of the rules as their editors wrote them, by rule id.
        files: the SHA-256 of every file but the cases, by name.
    """

    version: str
    engine: Engine
    vocabulary: Vocabulary
    words: CardWords
    declared: tuple[str, tuple[Declared, ...]]
    texts: Mapping[str, str]
    files: Mapping[str, str]

    @property
    def labs(self) -> LabVocabulary:
        """The labs."""
        return self.vocabulary.labs

    @property
    def history(self) -> HistoryVocabulary:
        """The history entries."""
        return self.vocabulary.history

    @property
    def reader(self) -> ReportReader:
        """The report reader."""
        return self.vocabulary.reader

    @cached_property
    def own_sentence(self) -> re.Pattern[str]:
        """What an earlier card appended to a report: our own words, which say nothing new of the patient."""
        words = self.words.differential
        recommended = words.pattern("conclusion.recommend")
        return re.compile(f"^{words.pattern('conclusion.differential')}(?: {recommended})?", re.MULTILINE)

    @cached_property
    def speaker(self) -> Speaker:
        """What card texts are made from."""
        return Speaker(self.engine.rules, self.vocabulary.labels, self.words)

    def without(self, off: Collection[str]) -> "Content":
        """The same content, of which the active rules with these ids are judged for the record only."""
        return replace(self, engine=Engine.of(self.engine.rules.in_shadow(off), self.engine.sources))

    @cached_property
    def in_words(self) -> Mapping[str, RuleText]:
        """Every rule as a clinician reads it, by id."""
        return rule_texts(self.engine.rules, self.vocabulary.labels)

    @cached_property
    def source_attributes(self) -> SourceAttributes:
        """Where the advice comes from, and what of a person it uses."""
        return source_attributes(*self.declared, self.engine.rules, self.labs.labs, self.vocabulary.labels)

    @cached_property
    def snapshot(self) -> dict[str, Any]:
        """Names and criteria as the audit store keeps them, once for each version."""
        return snapshot(self.engine.rules, self.vocabulary.labels, self.texts, self.files)


def load_content(rules_dir: Path, cards_dir: Path) -> Content:
    """Reads `rules/` and `cards/`.

    Raises:
        ContentError: with every problem found in every file.
    """
    schemas = Schemas((rules_dir / "schema", cards_dir / "schema"))
    loading = _Loading(rules_dir, cards_dir, schemas)
    vocabulary = read_vocabulary(rules_dir, schemas)
    etiologies = loading.etiologies()
    scoring = loading.scoring()
    known = vocabulary.known
    rules = loading.rules(known, etiologies)
    alarms = loading.alarms(known)
    words = loading.words()
    declared = loading.declared(vocabulary.history)
    if loading.problems or scoring is None:
        raise ContentError(loading.problems)
    rule_set = RuleSet(scoring, tuple(rules), tuple(alarms), etiologies)
    sources = HistorySources(vocabulary.history.lists(), vocabulary.history.lapses())
    files = digests(rules_dir, cards_dir)
    return Content(version_of(files), Engine.of(rule_set, sources), vocabulary, words, declared, loading.texts, files)


@dataclass
class _Loading:
    """One pass over the files, collecting problems."""

    rules_dir: Path
    cards_dir: Path
    schemas: Schemas

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}

    def _source(self, path: Path, top: Path) -> Source | None:
        try:
            return read_source(path, name_of(path, top))
        except ContentError as error:
            self.problems.extend(error.problems)
            return None

    def etiologies(self) -> dict[str, Etiology]:
        source = self._source(self.rules_dir / "vocabulary" / "etiologies.yaml", self.rules_dir)
        if source is None:
            return {}
        found, problems = read_etiologies(source, self.schemas)
        self.problems.extend(problems)
        return found

    def scoring(self) -> Scoring | None:
        source = self._source(self.rules_dir / "scoring.yaml", self.rules_dir)
        if source is None:
            return None
        found, problems = read_scoring(source, self.schemas)
        self.problems.extend(problems)
        return found

    def declared(self, history: HistoryVocabulary) -> tuple[str, tuple[Declared, ...]]:
        source = self._source(self.rules_dir / FILE, self.rules_dir)
        if source is None:
            return "", ()
        regulation, found, problems = read_source_attributes(source, self.schemas, history.entries.keys())
        self.problems.extend(problems)
        return regulation, found

    def rules(self, known: KnownWords, etiologies: dict[str, Etiology]) -> list[Rule]:
        found: list[Rule] = []
        for path in rule_files(self.rules_dir):
            source = self._source(path, self.rules_dir)
            if source is None:
                continue
            rule, problems = read_rule(source, self.schemas, known)
            self.problems.extend(problems)
            if rule is None:
                continue
            if rule.etiology not in etiologies:
                cure = "Use an id of rules/vocabulary/etiologies.yaml, or add it."
                self.problems.append(source.problem(("etiology",), f"{rule.etiology!r} is not known.", cure))
            active = {other.etiology for other in found if other.status == ACTIVE}
            if rule.status == ACTIVE and rule.etiology in active:
                cure = "Keep one active rule for each etiology; another may be in shadow beside it."
                self.problems.append(source.problem(("etiology",), "another rule speaks for it already.", cure))
            self._keep_text(source, rule.id)
            found.append(rule)
        return found

    def alarms(self, known: KnownWords) -> list[Alarm]:
        found = []
        for path in alarm_files(self.rules_dir):
            source = self._source(path, self.rules_dir)
            if source is None:
                continue
            alarm, problems = read_alarm(source, self.schemas, known)
            self.problems.extend(problems)
            if alarm is not None:
                self._keep_text(source, alarm.id)
                found.append(alarm)
        return found

    def _keep_text(self, source: Source, rule: str) -> None:
        """Records and switches name a rule by its id, must-not-miss or not."""
        if rule in self.texts:
            cure = "Give each rule an id of its own, must-not-miss rules included."
            self.problems.append(source.problem(("id",), f"{rule!r} is the id of another rule.", cure))
        self.texts[rule] = source.text

    def words(self) -> CardWords:
        read = [self._words(kind) for kind in CARD_KINDS]
        return CardWords(*read)

    def _words(self, kind: str) -> Wording:
        source = self._source(self.cards_dir / f"{kind}.yaml", self.cards_dir)
        if source is None:
            return Wording({})
        wording, problems = read_wording(source, f"card-{kind}", self.schemas)
        self.problems.extend(problems)
        return wording or Wording({})
