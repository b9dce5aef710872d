"""A population as files: NDJSON by resource type as Bulk Data gives it, or a transaction Bundle for each patient."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import orjson

from cds_service.errors import StartError
from cds_service.synthetic.resources import Json
from cds_service.synthetic.story import SyntheticPatient

TRUTH, MANIFEST = "truth.ndjson", "manifest.json"
UNFINISHED = "unfinished"
"""The folder within the folder where files stand until all are written."""
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
    """Write patients, their truth, and a manifest: all of them, or nothing.

    Args:
        patients: taken one by one, and not kept.
        folder: made where it is missing; must be empty.
        form: of FORMS.
        made: how the population can be made again: seed and the like, for the manifest.
        as_of: the moment of the reports.
        tell: hears how many are written.

    Raises:
        StartError: the folder holds something, or cannot be written to, be it from the start or at the end.
    """
    with _whole(folder) as unfinished:
        with ExitStack() as open_files:
            truth = open_files.enter_context((unfinished / TRUTH).open("wb"))
            written = FORMS[form](unfinished, open_files)
            for number, patient in enumerate(patients, 1):
                written.write(patient)
                truth.write(orjson.dumps(_truth(patient), option=_LINE))
                tell(number)
        manifest = {"transactionTime": as_of.isoformat(), "request": " ".join(f"{k}={v}" for k, v in made.items())}
        (unfinished / MANIFEST).write_bytes(orjson.dumps({**manifest, **written.manifest()}, option=_READABLE))


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A place to write to; what stands there gets into the folder at the end, and is removed where it comes to none.

    It lies within the folder, which may be a disk of its own: files are moved, and nothing is copied.
    """
    made = not folder.exists()
    try:
        _empty(folder)
        try:
            (folder / UNFINISHED).mkdir()
            yield folder / UNFINISHED
            for file in sorted((folder / UNFINISHED).iterdir(), key=lambda file: file.name == MANIFEST):
                file.rename(folder / file.name)
            (folder / UNFINISHED).rmdir()
        except BaseException:
            _clear(folder, made)
            raise
    except OSError as error:
        raise StartError(
            f"{folder} cannot be written to ({error.strerror}), and nothing of it was kept. Name another folder with "
            f"--out."
        ) from error


def _clear(folder: Path, made: bool) -> None:
    """Remove what was written to a folder that was empty, and the folder itself where it was made for it."""
    for file in folder.iterdir():
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    if made:
        folder.rmdir()


def _empty(folder: Path) -> None:
    """Make sure that it is there, and empty.

    Raises:
        StartError: it holds something.
        OSError: it cannot be made, or not be looked into.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = next(folder.iterdir(), None)
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
