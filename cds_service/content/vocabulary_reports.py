"""Reads `rules/vocabulary/reports.yaml`, which the schema has checked."""

from collections.abc import Iterable, Mapping
from typing import Any

from cds_service.core.report_kinds import Code, Kinds, ReportKinds


def report_kinds(data: Mapping[str, Any]) -> ReportKinds:
    """The kinds of reports and orders."""
    return ReportKinds(
        imaging=_kinds(data["imaging"], data["imaging_names"]),
        other=_kinds(data["other"], data["other_names"]),
        order_imaging=_kinds(data["order_imaging"], ()),
        asked=tuple(f"{entry['system']}|{entry['code']}" for entry in data["imaging"] if entry.get("ask")),
        routine_tests=frozenset(data["routine_tests"]),
        newest=int(data["newest"]),
        not_older_than_days=int(data["not_older_than_days"]),
    )


def _kinds(entries: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Kinds:
    codes = frozenset(Code.of(entry["system"], entry["code"]) for entry in entries)
    return Kinds(codes, frozenset(name.casefold() for name in names))
