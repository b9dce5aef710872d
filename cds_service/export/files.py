"""Tables as files: NDJSON and CSV from the standard library, Parquet from pyarrow where it is installed."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from cds_service.errors import StartError
from cds_service.export.tables import Column, Kind

Row = Mapping[str, Any]
_ROWS_IN_A_GROUP = 20_000
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableFile(Protocol):
    """A file that rows of one table are written to."""

    def write(self, row: Row) -> None:
        """Write one row."""

    def close(self) -> None:
        """Finish the file."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""


class _Closing:
    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


class NdjsonFile(_Closing):
    """One JSON object a line, in UTF-8."""

    def __init__(self, path: Path, _columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="\n")

    def write(self, row: Row) -> None:
        self._file.write(ndjson_line(row))

    def close(self) -> None:
        self._file.close()


class CsvFile(_Closing):
    """RFC 4180 with a head; a text that a spreadsheet would run as a formula gets an apostrophe in front."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in columns])

    def write(self, row: Row) -> None:
        self._writer.writerow(csv_cells(row))

    def close(self) -> None:
        self._file.close()


class ParquetFile(_Closing):
    """Apache Parquet, the meaning of each column in its metadata."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ModuleNotFoundError:
            raise StartError("Parquet needs pyarrow. Install calcification-cds[parquet].") from None
        types = {
            Kind.TEXT: pyarrow.string(),
            Kind.WHOLE: pyarrow.int64(),
            Kind.NUMBER: pyarrow.float64(),
        }
        fields = [
            pyarrow.field(column.name, types[column.kind], metadata={"meaning": column.meaning}) for column in columns
        ]
        self._schema = pyarrow.schema(fields)
        self._table_of = pyarrow.Table.from_pylist
        self._file = pyarrow.parquet.ParquetWriter(path, self._schema)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        self._rows.append({name: _whole_text(value) for name, value in row.items()})
        if len(self._rows) >= _ROWS_IN_A_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(self._table_of(self._rows, schema=self._schema))
            self._rows = []


FORMATS: Mapping[str, Callable[[Path, Sequence[Column]], TableFile]] = {
    "ndjson": NdjsonFile,
    "csv": CsvFile,
    "parquet": ParquetFile,
}
"""The file of a table, by format; the format is its ending, too."""


def ndjson_line(row: Row) -> str:
    """A row as a line of NDJSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def csv_cells(row: Row) -> list[Any]:
    """A row as the cells of a CSV line."""
    return [_no_formula(value) if isinstance(value, str) else value for value in row.values()]


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _whole_text(value: Any) -> Any:
    """Half a character (a lone surrogate), which UTF-8 cannot hold, becomes a mark."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
