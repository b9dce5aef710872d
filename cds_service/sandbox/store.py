"""The resources of the synthetic patients, in memory: read and searched, never written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.errors import UnknownResource
from cds_service.sandbox.parameters import SUPPORTED, Kind, Parameter
from cds_service.sandbox.query import Criterion, Query
from cds_service.sandbox.values import held_at, meets, span_of, texts, tokens

Resource = Mapping[str, Any]
PATIENT = "Patient"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search.

    Attributes:
        query: that was asked.
        resources: of this page.
        total: how many there are on all pages.
    """

    query: Query
    resources: tuple[Resource, ...]
    total: int

    @property
    def following(self) -> int | None:
        """How many resources lie before the next page; None when this is the last."""
        after = self.query.offset + len(self.resources)
        return after if self.resources and after < self.total else None


class FhirStore:
    """The resources of all patients.

    Args:
        resources: FHIR R4 as JSON values, each with an id of its own within its type; types that the table of search
            parameters does not know are left out.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_id: dict[tuple[str, str], Resource] = {}
        self._of_patient: dict[tuple[str, str], list[Resource]] = {}
        self._of_type: dict[str, list[Resource]] = {kind: [] for kind in SUPPORTED}
        for resource in resources:
            kind = resource["resourceType"]
            if kind in SUPPORTED:
                self._by_id[kind, resource["id"]] = resource
                self._of_type[kind].append(resource)
                self._of_patient.setdefault((kind, patient_of(resource)), []).append(resource)

    def read(self, resource_type: str, identifier: str) -> Resource:
        """One resource.

        Raises:
            UnknownResource: there is none with this type and id.
        """
        try:
            return self._by_id[resource_type, identifier]
        except KeyError:
            raise UnknownResource(
                "No resource of this type and id is here. Search for its type to see which are."
            ) from None

    def search(self, query: Query, patient: str = "") -> Found:
        """The page of a search that the query asks for, in the order of the query, else as they were put in.

        Args:
            query: for a supported type.
            patient: only resources of this patient; empty for all.
        """
        held = self._candidates(query, patient)
        found = [one for one in held if all(_meets(one, criterion) for criterion in query.criteria)]
        for parameter, greatest_first in reversed(query.sort):
            found = _sorted(found, parameter, greatest_first)
        return Found(query, tuple(found[query.offset : query.offset + query.count]), len(found))

    def of_patient(self, resource_type: str, patient: str) -> Sequence[Resource]:
        """All resources of a type that a patient has."""
        return tuple(self._of_patient.get((resource_type, patient), ()))

    def _candidates(self, query: Query, patient: str) -> Sequence[Resource]:
        """What may be found: where a search names one patient, only that patient's."""
        named = [one.values[0] for one in query.criteria if one.parameter.name == "patient" and len(one.values) == 1]
        for one in (patient, *(name.rpartition("/")[2] for name in named)):
            if one:
                return self.of_patient(query.type, one)
        return self._of_type[query.type]


def patient_of(resource: Resource) -> str:
    """The id of the patient whose resource it is; empty where it says none."""
    if resource["resourceType"] == PATIENT:
        return str(resource["id"])
    whose = resource.get("subject") or resource.get("patient") or {}
    return str(whose.get("reference", "")).rpartition("/")[2]


def _meets(resource: Resource, criterion: Criterion) -> bool:
    return any(meets(resource, criterion.parameter, asked) for asked in criterion.values)


def _sorted(found: Sequence[Resource], parameter: Parameter, greatest_first: bool) -> list[Resource]:
    """In the order of a parameter; what has no value of it comes last either way."""
    told = [(list(_sort_keys(one, parameter)), one) for one in found]
    keyed = [(max(keys) if greatest_first else min(keys), one) for keys, one in told if keys]
    keyed.sort(key=lambda pair: pair[0], reverse=greatest_first)
    return [one for _, one in keyed] + [one for keys, one in told if not keys]


def _sort_keys(resource: Resource, parameter: Parameter) -> Iterator[Any]:
    """What a resource is sorted by: moments for a date, else words; never both for one parameter."""
    for value in held_at(resource, parameter):
        if parameter.kind is Kind.DATE:
            yield span_of(value)[0]
        elif parameter.kind is Kind.STRING:
            yield from (text.casefold() for text in texts(value))
        else:
            yield from (code for _, code in tokens(value))
