"""What to call things: the names that the vocabulary gives to labs, history entries, findings and sites."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.core.statements import NO_ATTRIBUTES, Attributes


@dataclass(frozen=True, slots=True)
class LabOrder:
    """How a missing lab is ordered: what the order says, its LOINC code, and its place among equals."""

    lab: str
    name: str
    loinc: str
    display: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Names by id, and the unit and order of each lab.

    Attributes:
        attributes: which findings tell the form of a lesion, and which the tissue that it lies in.
        orders: how each lab that can be ordered on its own is ordered, by lab id.
    """

    labs: Mapping[str, str]
    units: Mapping[str, str]
    history: Mapping[str, str]
    findings: Mapping[str, str]
    sites: Mapping[str, str]
    orders: Mapping[str, LabOrder]
    attributes: Attributes = NO_ATTRIBUTES
