"""What was fetched from the client's FHIR server for one call, beside what the client sent along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_service.core.facts import Missing, SetAside


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking a FHIR server.

    Attributes:
        resources: by prefetch key, what was read for it: a Bundle for each page of a search, or the resource of a read.
        failed: why a key was not read, or not read to its end; what it did give stands in `resources` all the same.
        set_aside: what went wrong, in words for the record: keys and causes, no address, no patient data.
    """

    resources: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    failed: Mapping[str, Missing] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "resources": {key: list(values) for key, values in self.resources.items()},
            "failed": {key: str(why) for key, why in self.failed.items()},
            "setAside": [[item.resource, item.reason] for item in self.set_aside],
        }

    def with_more(self, more: "Fetched") -> "Fetched":
        """This with what was fetched for other keys; what went wrong twice is told once."""
        return Fetched(
            {**self.resources, **more.resources},
            {**self.failed, **more.failed},
            tuple(dict.fromkeys((*self.set_aside, *more.set_aside))),
        )


NOTHING_FETCHED = Fetched()
