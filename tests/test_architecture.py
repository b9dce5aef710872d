"""The shape of the code, where no linter watches it; import-linter watches who imports whom in `make check`."""

import ast
import re
from pathlib import Path

import pytest

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
