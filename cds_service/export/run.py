"""An export: a folder with one file for each table or resource type, and a manifest that says what is in them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cds_service import __version__
from cds_service.audit.record import StoredCall
from cds_service.audit.store import Store
from cds_service.audit.stream import Stream, Wanted
from cds_service.errors import StartError
from cds_service.export.disguise import Disguise
from cds_service.export.files import FORMATS, TableFile
from cds_service.export.resources import TYPES, resources_of
from cds_service.export.rows import Recorded, rows_of
from cds_service.export.tables import TABLES, columns_of, row_schema

FHIR = "fhir"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from."""

    store: Store
    stream: Stream

    def recorded(self, wanted: Wanted, after: int = 0, at_most: int | None = None) -> Iterator[Recorded]:
        """The deliveries with their content and feedback, in the order in which they were kept."""
        contents: dict[str, Mapping[str, Any]] = {}
        calls = self.stream.calls(wanted, after, at_most)
        while piece := list(islice(calls, _AT_ONCE)):
            yield from self.of(piece, contents)

    def of(self, calls: Sequence[StoredCall], contents: dict[str, Mapping[str, Any]] | None = None) -> list[Recorded]:
        """These deliveries with their content and feedback; `contents` keeps snapshots from one piece to the next."""
        known = {} if contents is None else contents
        feedback = self.stream.feedback([call.seq for call in calls])
        for version in {call.record.content_version for call in calls} - known.keys():
            known[version] = self.store.content(version) or {}
        return [Recorded(call, known[call.record.content_version], feedback.get(call.seq, ())) for call in calls]


def export(
    source: Source, wanted: Wanted, disguise: Disguise, kind: str, folder: Path, told: Callable[[int], None]
) -> dict[str, int]:
    """Write an export; the number of rows or resources by table or type.

    Args:
        source: the records.
        wanted: which of them.
        disguise: how identifiers leave.
        kind: one of `files.FORMATS`, or `FHIR`.
        folder: where to; it must be empty or not be there.
        told: called with the number of calls done so far.

    Raises:
        StartError: the folder cannot be used, or a library is missing.
    """
    _prepare(folder)
    write = _write_resources if kind == FHIR else _write_tables
    counts = write(source.recorded(wanted), disguise, kind, folder, told)
    manifest = _manifest(wanted, disguise, kind, folder, counts)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return counts


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StartError(f"The folder {folder} is not empty. Name a new one.")
    except OSError as error:
        raise StartError(f"The folder {folder} cannot be used ({error.strerror}).") from None


def _write_tables(
    recorded: Iterator[Recorded], disguise: Disguise, kind: str, folder: Path, told: Callable[[int], None]
) -> dict[str, int]:
    counts = dict.fromkeys(TABLES, 0)
    with ExitStack() as open_files:
        files: dict[str, TableFile] = {
            table: open_files.enter_context(
                FORMATS[kind](folder / f"{table}.{kind}", columns_of(table, identified=disguise.identified))
            )
            for table in TABLES
        }
        for done, one in enumerate(recorded, start=1):
            for table, file in files.items():
                for row in rows_of(table, one, disguise):
                    file.write(row)
                    counts[table] += 1
            told(done)
    return counts


def _write_resources(
    recorded: Iterator[Recorded], disguise: Disguise, _kind: str, folder: Path, told: Callable[[int], None]
) -> dict[str, int]:
    counts = dict.fromkeys(TYPES, 0)
    with ExitStack() as open_files:
        files = {
            kind: open_files.enter_context((folder / f"{kind}.ndjson").open("w", encoding="utf-8", newline="\n"))
            for kind in TYPES
        }
        for done, one in enumerate(recorded, start=1):
            for resource in resources_of(one, disguise):
                kind = resource["resourceType"]
                files[kind].write(json.dumps(resource, separators=(",", ":")) + "\n")
                counts[kind] += 1
            told(done)
    return counts


def _manifest(wanted: Wanted, disguise: Disguise, kind: str, folder: Path, counts: Mapping[str, int]) -> dict[str, Any]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    schemas = {} if kind == FHIR else {name: row_schema(name, identified=disguise.identified) for name in TABLES}
    return {
        "program": f"calcification-cds {__version__}",
        "format": kind,
        "identified": disguise.identified,
        "wanted": {name: value for name, value in asdict(wanted).items() if value},
        "counts": dict(counts),
        "files": {path.name: _digest(path) for path in files},
        "schemas": schemas,
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
