"""The rules as clinicians read them: what each asks, its cases, its figures in use, and how it has changed.

Nothing of a patient stands on these pages: cases are made up, and figures are counts.
"""

from datetime import timedelta

from flask import Blueprint, render_template, request

from cds_service.audit.contents import ContentVersion
from cds_service.audit.rule_history import compare_contents, compare_rule, history_of
from cds_service.audit.switches import Kind
from cds_service.content.case_words import CaseText, case_text
from cds_service.core.rule_text import ETIOLOGY, RuleText
from cds_service.errors import UnknownContent, UnknownRule
from cds_service.web.installation import Installation
from cds_service.web.people import Role, ask_for

FIGURES_OF_DAYS = 90
"""How far back the figures of a rule are counted."""


def rules_blueprint(installation: Installation) -> Blueprint:
    """The routes under /rules, but for those that are open to everybody."""
    routes = Blueprint("rules", __name__, url_prefix="/rules")
    ask_for(routes, Role.READER, Role.AUDITOR, Role.EDITOR)
    _show_rules(routes, installation)
    _show_changes(routes, installation)
    return routes


def _show_rules(routes: Blueprint, installation: Installation) -> None:
    content = installation.rulebook.content

    @routes.get("")
    def listed() -> str:
        shown = [(rule, cases_of(installation, rule)) for rule in content.in_words.values()]
        return render_template("rules/list.html", rules=shown, version=content.version, kind=ETIOLOGY)

    @routes.get("/<rule_id>")
    def rule(rule_id: str) -> str:
        found = require_rule(installation, rule_id)
        today = installation.clock().date()
        since = today - timedelta(days=FIGURES_OF_DAYS - 1)
        return render_template(
            "rules/rule.html",
            rule=found,
            scoring=content.engine.rules.scoring,
            cases=cases_of(installation, found),
            off_since=installation.switchboard.off_since(Kind.RULE, rule_id),
            figures=installation.rulebook.figures_of_rule(rule_id, since, today),
            days=FIGURES_OF_DAYS,
            version=content.version,
        )

    @routes.get("/<rule_id>/cases")
    def cases(rule_id: str) -> str:
        found = require_rule(installation, rule_id)
        return render_template(
            "rules/cases.html", rule=found, cases=cases_of(installation, found), version=content.version
        )


def _show_changes(routes: Blueprint, installation: Installation) -> None:
    snapshot = installation.rulebook.contents.snapshot

    @routes.get("/changes")
    def changes() -> str:
        before, after = _chosen(installation)
        compared = None
        if before is not None and after is not None:
            compared = compare_contents(snapshot(before.version), snapshot(after.version))
        versions = installation.rulebook.contents.versions()
        return render_template("rules/changes.html", versions=versions, before=before, after=after, compared=compared)

    @routes.get("/<rule_id>/history")
    def history(rule_id: str) -> str:
        steps = history_of(installation.rulebook.contents, rule_id)
        in_use = installation.rulebook.content.in_words.get(rule_id)
        if in_use is None and not steps:
            raise UnknownRule("No rule with this id is or was in use here. /rules lists those that are.")
        chosen = "before" in request.args or "after" in request.args or not steps
        before, after = _chosen(installation) if chosen else (steps[0].before, steps[0].after)
        compared = None
        if before is not None and after is not None:
            compared = compare_rule(snapshot(before.version), snapshot(after.version), rule_id)
        return render_template(
            "rules/history.html",
            rule=in_use,
            rule_id=rule_id,
            name=in_use.name if in_use else steps[0].comparison.name,
            steps=steps,
            versions=installation.rulebook.contents.versions(),
            before=before,
            after=after,
            compared=compared,
        )


def require_rule(installation: Installation, rule_id: str) -> RuleText:
    """The rule with this id.

    Raises:
        UnknownRule: the content in use has none.
    """
    try:
        return installation.rulebook.content.in_words[rule_id]
    except KeyError:
        raise UnknownRule("No rule with this id is in use here. /rules lists those that are.") from None


def cases_of(installation: Installation, rule: RuleText) -> tuple[CaseText, ...]:
    """The cases of a rule, judged with the content in use."""
    names = {etiology.id: etiology.name for etiology in installation.rulebook.content.engine.rules.etiologies.values()}
    labels = installation.rulebook.content.vocabulary.labels
    return tuple(case_text(one, rule, names, labels) for one in installation.rulebook.cases() if one.rule == rule.id)


def _chosen(installation: Installation) -> tuple[ContentVersion | None, ContentVersion | None]:
    """The two content versions that are asked for; the last two where none are, None where there is no such many."""
    versions = installation.rulebook.contents.versions()
    known = {version.version: version for version in versions}
    newest = [None, None, *versions][-2:]
    chosen = []
    for name, usual in zip(("before", "after"), newest, strict=True):
        asked = request.args.get(name, "")
        if asked and asked not in known:
            raise UnknownContent("No such content version was used here. /rules/changes lists those that were.")
        chosen.append(known[asked] if asked else usual)
    return chosen[0], chosen[1]
