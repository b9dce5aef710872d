"""The must-not-miss card: one for all rules of its kind that speak."""

from cds_service.core.cards.card import EVIDENCE_LENGTH, SUMMARY_LENGTH, Card, Speaker, reviewed, where_of
from cds_service.core.differential import Differential, Spoken
from cds_service.core.evidence import describe, lesion_of, states_presence
from cds_service.core.facts import Facts, Lesion
from cds_service.core.markdown import bullets, cut, escape
from cds_service.core.wording import Wording


def must_not_miss_card(speaker: Speaker, facts: Facts, found: Differential) -> Card:
    """The one card of all must-not-miss rules that speak; `found.spoken` must not be empty."""
    words = speaker.words.must_not_miss
    parts = []
    for spoken in found.spoken:
        lesion = lesion_of(facts, spoken.lesion)
        where = escape(where_of(speaker, facts, spoken.lesion))
        parts.append(words.say("message", title=escape(spoken.alarm.title), where=where, message=spoken.alarm.message))
        parts.append(bullets(words.say("evidence", evidence=told) for told in _told(speaker, facts, spoken, lesion)))
        parts.append("> " + words.say("document", quote=escape(spoken.alarm.quote)))
    forbidden = dict.fromkeys(name for spoken in found.spoken for name in spoken.alarm.forbids)
    if forbidden:
        parts.append(words.say("forbids", names=", ".join(words.say(f"forbidden.{name}") for name in forbidden)))
    reviewers = (spoken.alarm.reviewed for spoken in found.spoken)
    parts.append(words.say("limits", reviewed=reviewed(words, reviewers)))
    return Card("must-not-miss", _alarm_summary(words, found), "\n\n".join(parts), words.say("indicator"), "", ())


def _told(speaker: Speaker, facts: Facts, spoken: Spoken, lesion: Lesion | None) -> list[str]:
    """The facts that a trigger asks for and that speak for it, each by name."""
    told = []
    for ref in dict.fromkeys(ref for atom in spoken.alarm.trigger.atoms() for ref in atom.about):
        if states_presence(ref, facts, lesion):
            name = speaker.labels.findings.get(ref.removeprefix("finding:"), "")
            evidence = escape(cut(describe([ref], facts, lesion, speaker.labels), EVIDENCE_LENGTH))
            told.append(f"{name}: {evidence}" if name else evidence)
    return told


def _alarm_summary(words: Wording, found: Differential) -> str:
    title = found.spoken[0].alarm.title
    if len(found.spoken) > 1:
        title = words.say("summary.more", title=title, count=len(found.spoken) - 1)
    return cut(words.say("summary.one", title=title), SUMMARY_LENGTH)
