"""The data that a brittle service falls over, by the assertion that it breaks then."""

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]


def _labs(call: Json) -> Any:
    return (call.get("prefetch") or {}).get("labs", {})


def _quantity(call: Json) -> Any:
    entries = (_labs(call) or {}).get("entry", [])
    return entries[0]["resource"].get("valueQuantity") if entries else {}


def _all_null(call: Json) -> bool:
    values = list((call.get("prefetch") or {}).values())
    return bool(values) and not any(values)


def _any(call: Json, kind: str) -> bool:
    return any((value or {}).get("resourceType") == kind for value in (call.get("prefetch") or {}).values())


SPOILERS: Mapping[str, Callable[[Json], bool]] = {
    "X1": lambda call: "prefetch" not in call and "fhirServer" not in call,
    "X2": lambda call: call.get("prefetch") == {},
    "X3": lambda call: _labs(call) is None and not _all_null(call),
    "X4": lambda call: (_labs(call) or {}).get("resourceType") == "OperationOutcome" and _any(call, "Patient"),
    "X5": lambda call: (_quantity(call) or {}).get("unit") == "mmol/L",
    "X6": lambda call: "comparator" in (_quantity(call) or {}),
    "X7": lambda call: (_quantity(call) or {}).get("unit") == "furlong",
    "X9": lambda call: _quantity(call) is None,
    "Q5": _all_null,
}
