"""What a criterion asked for and did not get, and why, in words."""

from collections.abc import Iterable

from cds_service.core.facts import Facts
from cds_service.core.labels import Labels

_MOST_NAMES = 4
_LOOKED_UP = {"unknown": "not looked up", "not stated": "not on record"}
_OWN = {"age": "age: not known", "sex": "sex: not known", "site": "site: not stated", "size": "size: not stated"}


def lacking(refs: Iterable[str], verdict: str, facts: Facts, labels: Labels) -> str:
    """What is missing of these facts: "PTH: not provided; dialysis: not looked up; lobulated: not mentioned".

    Args:
        refs: the facts that were asked for and are not there, as "lab:pth" and the like.
        verdict: "unknown", "not stated" or another verdict of the criterion in words.
        facts: of the call.
        labels: the names of things.
    """
    told: list[str] = []
    history: list[str] = []
    findings: list[str] = []
    for ref in refs:
        kind, _, name = ref.partition(":")
        if kind == "lab":
            told.append(f"{labels.labs.get(name, name)}: {_why_no_result(name, facts)}")
        elif kind == "course":
            told.append(f"earlier {labels.labs.get(name, name)}: none to compare with")
        elif kind == "history":
            history.append(labels.history.get(name, name))
        elif kind == "finding":
            findings.append(labels.findings.get(name, name))
        else:
            told.append(_OWN.get(kind, f"{kind}: not known"))
    told += _together(history, _LOOKED_UP.get(verdict, _LOOKED_UP["not stated"]))
    told += _together(findings, "not mentioned")
    return "; ".join(dict.fromkeys(told))


def _why_no_result(lab: str, facts: Facts) -> str:
    result = facts.labs.get(lab)
    if result is not None and result.unused:
        return f"not used, {result.unused}"
    return str(facts.missing_labs.get(lab, "no result"))


def _together(names: list[str], why: str) -> list[str]:
    if not names:
        return []
    more = len(names) - _MOST_NAMES
    listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return [f"{listed}: {why}"]
