"""The licences of what is installed to serve, as LICENCES.md lists them: `python -m tests.licences` prints the rows."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_HERE = "not installed here"
_LOCKED = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==\S+", re.MULTILINE)
_ROW = re.compile(r"^\| ([a-z][a-z0-9.-]+) \| (.+?) \|$", re.MULTILINE)
_LONGEST = 60


def locked() -> list[str]:
    """The packages of requirements.lock, in its order."""
    return _LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8"))


def listed() -> dict[str, str]:
    """The rows of LICENCES.md: package to licence."""
    return {name: said for name, said in _ROW.findall((ROOT / "LICENCES.md").read_text("utf-8")) if name != "package"}


def licence(package: str) -> str:
    """What a package says of its licence: the SPDX expression, else a short name, else its classifiers."""
    try:
        said = metadata(package).json
    except PackageNotFoundError:
        return NOT_HERE
    short = str(said.get("license") or "")
    named = short if 0 < len(short) <= _LONGEST and "\n" not in short else ""
    classified = [line.rpartition(" :: ")[2] for line in said.get("classifier", ()) if line.startswith("License")]
    return str(said.get("license_expression") or named or ", ".join(classified))


if __name__ == "__main__":
    for package in locked():
        print(f"| {package} | {licence(package)} |")
