"""P1 to P5: the drafts of hooks about reports, whose own definitions and examples disagree."""

from cds_service.conformance.calls import DRAFT_HOOKS, category, procedure
from cds_service.conformance.ledger import Ledger
from cds_service.conformance.subject import Subject

_FORMS = ("string", "object", "array")
_OFFERED = "the draft hooks report-review, report-assist and report-view are not offered"


def check_report_hook(subject: Subject) -> None:
    """Judges how one service reads the context of a draft hook; nothing where it answers another hook."""
    hook = str(subject.entry["hook"])
    if hook not in DRAFT_HOOKS:
        return
    if hook == "report-sign":
        subject.expect("P5", subject.good, 200)
    for form in _FORMS:
        _with(subject, "P1", f"category as {form}", category=category(form))
        _with(subject, "P2", f"procedure as {form}", procedure=procedure(form, subject.by.samples))
    for scheme in ("http", "https"):
        _with(subject, "P3", f"LOINC by {scheme}", category=category("array", f"{scheme}://loinc.org"))
    if hook == "report-assist":
        _with(subject, "P4", "no status", status=None)


def note_report_hooks(ledger: Ledger) -> None:
    """Says of drafts that are not offered that this is why they were not judged."""
    for number in ("P1", "P2", "P3"):
        ledger.note_unseen(number, _OFFERED)
    ledger.note_unseen("P4", "report-assist is not offered")
    ledger.note_unseen("P5", "the bare report-sign, which fires after the signature, is not offered")


def _with(subject: Subject, number: str, what: str, **changed: object) -> None:
    call = subject.call()
    context = {name: value for name, value in {**call["context"], **changed}.items() if value is not None}
    subject.expect(number, subject.ask(what, {**call, "context": context}), *subject.as_good)
