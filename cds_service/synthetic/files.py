"""A population as files: NDJSON by resource type as Bulk Data gives it, or a transaction Bundle for each patient."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import orjson

from cds_service.errors import StartError
from cds_service.synthetic.resources import Json
from cds_service.synthetic.story import SyntheticPatient

TRUTH, MANIFEST = "truth.ndjson", "manifest.json"
_BUNDLES = "bundles"
_LINE = orjson.OPT_APPEND_NEWLINE
_READABLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


class Form(Protocol):
    """How patients are written."""

    def write(self, patient: SyntheticPatient) -> None:
        """Write one patient."""

    def manifest(self) -> Json:
        """What was written, for `manifest.json`."""


class NdjsonForm:
    """One file for each resource type, one resource a line, and a manifest as of FHIR Bulk Data."""

    def __init__(self, folder: Path, open_files: ExitStack) -> None:
        self._folder = folder
        self._open_files = open_files
        self._files: dict[str, BinaryIO] = {}
        self._counts: Counter[str] = Counter()

    def write(self, patient: SyntheticPatient) -> None:
        """Write one patient."""
        for resource in patient.resources:
            kind = resource["resourceType"]
            if kind not in self._files:
                self._files[kind] = self._open_files.enter_context((self._folder / f"{kind}.ndjson").open("wb"))
            self._files[kind].write(orjson.dumps(resource, option=_LINE))
            self._counts[kind] += 1

    def manifest(self) -> Json:
        """What was written, for `manifest.json`."""
        output = [{"type": kind, "url": f"{kind}.ndjson", "count": self._counts[kind]} for kind in sorted(self._counts)]
        return {"requiresAccessToken": False, "output": output, "error": []}


class BundlesForm:
    """A transaction Bundle for each patient, which creates or replaces the resources under their ids."""

    def __init__(self, folder: Path, _open_files: ExitStack) -> None:
        self._folder = folder / _BUNDLES
        self._folder.mkdir()
        self._counts: Counter[str] = Counter()

    def write(self, patient: SyntheticPatient) -> None:
        """Write one patient."""
        entries = [_put(resource) for resource in patient.resources]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        (self._folder / f"{patient.patient_id}.json").write_bytes(orjson.dumps(bundle, option=_READABLE))
        self._counts.update(resource["resourceType"] for resource in patient.resources)

    def manifest(self) -> Json:
        """What was written, for `manifest.json`."""
        return {"bundles": _BUNDLES, "resources": dict(sorted(self._counts.items()))}


FORMS: Mapping[str, Callable[[Path, ExitStack], Form]] = {"ndjson": NdjsonForm, "bundles": BundlesForm}


def write_population(
    patients: Iterable[SyntheticPatient],
    folder: Path,
    form: str,
    made: Mapping[str, str | int],
    as_of: datetime,
    tell: Callable[[int], None],
) -> None:
    """Write patients, their truth, and a manifest.

    Args:
        patients: taken one by one, and not kept.
        folder: made where it is missing; must be empty.
        form: of FORMS.
        made: how the population can be made again: seed and the like, for the manifest.
        as_of: the moment of the reports.
        tell: hears how many are written.

    Raises:
        StartError: the folder holds something, or cannot be written to.
    """
    _empty(folder)
    with ExitStack() as open_files:
        truth = open_files.enter_context((folder / TRUTH).open("wb"))
        written = FORMS[form](folder, open_files)
        for number, patient in enumerate(patients, 1):
            written.write(patient)
            truth.write(orjson.dumps(_truth(patient), option=_LINE))
            tell(number)
    manifest = {"transactionTime": as_of.isoformat(), "request": " ".join(f"{k}={v}" for k, v in made.items())}
    (folder / MANIFEST).write_bytes(orjson.dumps({**manifest, **written.manifest()}, option=_READABLE))


def _empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = next(folder.iterdir(), None)
    except OSError as error:
        raise StartError(
            f"{folder} cannot be written to ({error.strerror}). Name another folder with --out."
        ) from error
    if found is not None:
        raise StartError(f"{folder} is not empty: it holds {found.name}. Name a new or an empty folder with --out.")


def _put(resource: Json) -> Json:
    address = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": address}}


def _truth(patient: SyntheticPatient) -> Json:
    truth = patient.truth
    return {
        "patient": patient.patient_id,
        "story": patient.story,
        "grade": truth.grade,
        "etiologies": list(truth.etiologies),
        "pair": truth.pair,
    }
