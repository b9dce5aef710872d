"""The shape of the code, where no linter watches it; import-linter watches who imports whom in `make check`."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped import shipped_content

PACKAGE = Path(__file__).parent.parent / "cds_service"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
CLINICAL_CODE = re.compile(r"\b\d{4,5}-\d\b|\b[A-Z]\d{2}\.\d+\b")
"""A LOINC or an ICD-10 code, which belongs in rules/vocabulary."""


def _functions(module: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_module_fits_in_a_head(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    long = {
        function.name: function.end_lineno - function.lineno + 1
        for function in _functions(module)
        if function.end_lineno
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("word", ["helper", "util", "manager", "processor", "common"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [module.name for module in MODULES if word in module.stem] == []


def test_no_clinical_code_stands_in_the_program() -> None:
    found = {str(module): CLINICAL_CODE.findall(module.read_text(encoding="utf-8")) for module in MODULES}
    assert {module: codes for module, codes in found.items() if codes} == {}


def test_every_error_answer_is_one_class_and_one_row() -> None:
    source = (PACKAGE / "web" / "errors.py").read_text(encoding="utf-8")
    classes = re.findall(
        r"^class (\w+)\(RequestError\)", (PACKAGE / "errors.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [name for name in classes if source.count(f"errors.{name}:") != 1] == []


READING = [module for module in MODULES if module.parent.name == "findings" and module.stem != "__init__"]
WRITTEN = {"report", ", both sides"}
"""Words of reports that the reader writes rather than reads: the source that a span names, the label of a site."""


def _literals(module: Path) -> Iterator[tuple[str, bool]]:
    """Every string that the program of a module uses, docstrings left out, and whether it stands in a closed list."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    lists = [node for node in nodes if isinstance(node, ast.ClassDef) and module.stem == "vocabulary"]
    closed = {id(line.value) for node in lists for line in node.body if isinstance(line, ast.Assign | ast.AnnAssign)}
    documents = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    types = [
        part
        for node in nodes
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if part is not None
    ]
    skipped = documents | {id(part) for annotation in types for part in ast.walk(annotation)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value, id(node) in closed


def _names_in(schema: object) -> Iterator[str]:
    """The keys and closed values by which a content file and the program know the same thing."""
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        yield from schema.get("properties", ())
        for part in schema.values():
            for each in part if isinstance(part, list) else [part]:
                yield from _names_in(each)


def test_the_reader_knows_no_word_of_a_report() -> None:
    lexicon = shipped_content().reader.lexicon
    known = lexicon.words()
    names = {
        name
        for kind in ("findings", "cues", "sections")
        for name in _names_in(json.loads((PACKAGE.parent / f"rules/schema/{kind}.schema.json").read_text("utf-8")))
    }
    found = {
        (module.name, literal)
        for module in READING
        for literal, closed in _literals(module)
        for words in [re.findall(r"[^\W\d_]+", literal)]
        if words
        and all(lexicon.fold(word) in known for word in words)
        and not (closed and literal in names)
        and literal not in WRITTEN
    }
    assert found == set()
