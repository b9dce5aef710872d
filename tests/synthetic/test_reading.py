"""What an author is told whose story cannot be used, and what the stories may name."""

import shutil
from pathlib import Path

import pytest

from cds_service.content.locate import default_content, default_patients
from cds_service.core.history import HistoryVocabulary
from cds_service.errors import ContentError
from cds_service.synthetic.stories import load_stories
from tests.scenarios.asking import CONTENT
from tests.synthetic.asking import STORIES

HISTORY: HistoryVocabulary = CONTENT.history
_SYSTEMS = {"snomed": "snomed", "rxnorm": "rxnorm", "icd-10": "icd10cm", "whocc": "atc"}
_NO_RULE_ASKS = {"I10", "E11.9", "E78.00", "E83.39"}
"""Codes of everyday problems, of which no rule asks."""


def told(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as refused:
        load_stories(folder, default_content()[0], CONTENT)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("silent.yaml", "hospital: [us-community]", "hospital: [nowhere]", "nowhere is not known"),
        ("silent.yaml", "now: {egfr: 66, calcium: 9.3}", "now: {sodium: 140}", "sodium is not known"),
        ("silent.yaml", "is: xr-foot", "is: xr-nose", "xr-nose is not known"),
        ("silent.yaml", "id: silent-granuloma", "id: silent-gallstones", "is the id of another story"),
        ("silent.yaml", "grade: silent", "grade: quiet", "grade"),
        ("silent.yaml", "since: 20 years", "since: long ago", "since"),
        ("lipoma.yaml", "etiology: lipoma", "etiology: lipomata", "lipomata is not known"),
        ("physiology.yaml", "{of: filtration, adds: [[5, -0.7]", "{of: filtering, adds: [[5, -0.7]", "filtering"),
        ("physiology.yaml", "{unit: mg/dL, decimals: 1, named: \"[Mass/volume] in Serum\"}",
         "{unit: mg/dL, decimals: 1, named: \"[Guess/volume]\"}", "no code of calcium is named so"),
        ("physiology.yaml", "si: {unit: mmol/L, decimals: 2", "si: {unit: bushels, decimals: 2", "bushels is no unit"),
        ("terms.yaml", "modality: DX", "modality: film", "modality"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_file(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = shutil.copytree(default_patients(), tmp_path / "patients")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = told(folder)
    assert any(problem.startswith(f"patients/{file}:") and said in problem for problem in problems), problems


def test_codes_are_those_that_the_rules_know() -> None:
    terms = STORIES[0].world.terms
    codes = [
        (coding, name)
        for listed in (terms.problems, terms.procedures, terms.drugs)
        for name, term in listed.items()
        for coding in term.codings
    ]
    unknown = {code for (system, code, _), _ in codes if not known(system, code)}
    assert unknown - _NO_RULE_ASKS == set()


def known(system: str, code: str) -> bool:
    (kind,) = [name for part, name in _SYSTEMS.items() if part in system]
    return bool(HISTORY.of_code(kind, code))


def test_no_code_number_of_a_lab_stands_in_the_stories() -> None:
    loincs = {code for lab in CONTENT.labs.labs.values() for code in lab.loincs}
    texts = [path.read_text(encoding="utf-8") for path in default_patients().glob("*.yaml")]
    assert [code for code in loincs if any(code in text for text in texts)] == []
