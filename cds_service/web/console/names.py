"""What rules, labs and reasons are called, by the content in use; what it does not know goes by its id."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Names(NamedTuple):
    """Names by id."""

    rules: Mapping[str, str]
    etiologies: Mapping[str, str]
    labs: Mapping[str, str]
    alarms: Mapping[str, str]
    reasons: Mapping[str, str]


def names_in(content: Mapping[str, Any], reasons: Mapping[str, str]) -> Names:
    """The names that a content snapshot holds, and those of the reasons for overriding a card."""
    etiologies = content.get("etiologies", {})
    rules = content.get("rules", {})
    return Names(
        rules={name: etiologies.get(rule["etiology"], name) for name, rule in rules.items()},
        etiologies=etiologies,
        labs=content.get("labels", {}).get("labs", {}),
        alarms={name: alarm["title"] for name, alarm in content.get("alarms", {}).items()},
        reasons=reasons,
    )
