"""Where the content and the documents that came with the program lie: in the wheel, or at the top of a checkout."""

from collections.abc import Iterator
from pathlib import Path

from cds_service.errors import StartError

_DOCUMENTS = {"report-sign": "HOOK-report-sign.md"}


def default_content() -> tuple[Path, Path]:
    """The folders of rules and of card wording, in this order.

    Raises:
        StartError: when neither place holds them, which only a damaged installation can bring about.
    """
    for top in _tops():
        rules, cards = top / "rules", top / "cards"
        if rules.is_dir() and cards.is_dir():
            return rules, cards
    raise StartError("The rules and cards that belong to this program are missing. Install calcification-cds again.")


def default_patients() -> Path:
    """The folder of the synthetic patients' stories.

    Raises:
        StartError: when no place holds it, which only a damaged installation can bring about.
    """
    return _fixtures("patients")


def default_reading_list() -> Path:
    """The folder of the reading list with real prevalence.

    Raises:
        StartError: when no place holds it, which only a damaged installation can bring about.
    """
    return _fixtures("reading-list")


def read_documents() -> dict[str, str]:
    """The documents that the service shows as pages: Markdown, by the name in their address.

    Raises:
        StartError: when one is missing, which only a damaged installation can bring about.
    """
    return {name: _document(file) for name, file in _DOCUMENTS.items()}


def _fixtures(name: str) -> Path:
    package, checkout = _tops()
    for folder in (package / name, checkout / "fixtures" / name):
        if folder.is_dir():
            return folder
    raise StartError(f"The folder {name}, which belongs to this program, is missing. Install calcification-cds again.")


def _document(file: str) -> str:
    for top in _tops():
        if (top / file).is_file():
            return (top / file).read_text(encoding="utf-8")
    raise StartError(f"{file}, which belongs to this program, is missing. Install calcification-cds again.")


def _tops() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    yield package / "_content"
    yield package.parent
