"""The reading list can be weighed, and what is wrongly said of it shows."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from cds_service.content.load import Content
from tests.evaluation import prevalence
from tests.evaluation.reading_list import FOLDER, ReadingList, reading_list
from tests.evaluation.told import Told, told
from tests.evaluation.weighted import Estimate, Weighed, effective_texts, estimates
from tests.shipped import shipped_content

FINGERS = {
    "age": 52,
    "sex": "female",
    "study": "XR hands",
    "text": "Punctate soft tissue calcifications of several fingertips with acro-osteolysis.",
    "conditions": ["Raynaud phenomenon", "Sclerodactyly"],
    "labs_qualitative": ["anticentromere antibody positive"],
}
NORMAL = {"age": 30, "sex": "male", "study": "XR knee", "text": "No fracture. Normal joint spaces."}


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped_content()


@pytest.fixture(scope="module")
def whole_list() -> ReadingList:
    return reading_list()


def small_list(folder: Path, *reports: dict[str, object]) -> ReadingList:
    """A list of nothing but these reports, in equal parts, with one chart that says nothing."""
    kinds = {
        "charts.yaml": {"charts": [{"id": "order-only", "share": 1}]},
        "rare.yaml": {"share": 0, "published": {}, "urgent": [], "everyday": ["ectopic-calcification"]},
        "kind.yaml": {
            "share": 100,
            "reports": [{"id": f"report-{n}", "weight": 1, **one} for n, one in enumerate(reports)],
        },
    }
    for name, values in kinds.items():
        (folder / name).write_text(yaml.safe_dump(values), encoding="utf-8")
    return reading_list(folder)


def share(content: Content, listing: ReadingList, figure: str) -> float:
    counts = prevalence.measures(listing.everyday)[figure]
    return sum(one.weight for one in listing.listed if counts(told(content, one)))


def test_the_projects_list_is_a_whole_of_more_than_130_texts(whole_list: ReadingList) -> None:
    assert sum(one.weight for one in whole_list.listed) == pytest.approx(1)
    assert len({one.text for one in whole_list.listed if one.kind != "rare"}) > 130


def test_three_percent_of_the_list_name_soft_tissue_mineral_and_hardly_any_a_rare_etiology(
    whole_list: ReadingList,
) -> None:
    mineral = [one for one in whole_list.listed if one.kind in ("soft-tissue-calcification", "rare")]
    rare = [one for one in whole_list.listed if set(one.answers) - whole_list.everyday]
    assert sum(one.weight for one in mineral) == pytest.approx(0.03)
    assert 0 < sum(one.weight for one in rare) < 0.0005


def test_every_answer_of_the_list_is_an_etiology(whole_list: ReadingList, content: Content) -> None:
    named = {*whole_list.everyday, *(name for one in whole_list.listed for name in one.answers)}
    assert named - set(content.engine.rules.etiologies) == set()


def test_every_report_has_an_id_of_its_own() -> None:
    kinds = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yaml")]
    ids = [report["id"] for kind in kinds for report in kind.get("reports", ())]
    assert sorted(set(ids)) == sorted(ids)


def test_a_list_whose_shares_are_no_whole_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "spine.yaml").unlink()
    with pytest.raises(ValueError, match="not to 100 %"):
        reading_list(tmp_path)


@pytest.mark.parametrize(("answers", "wrong"), [((), 0.5), (("scleroderma",), 0.0)])
def test_a_rare_name_is_wrong_only_where_it_is_not_the_answer(
    content: Content, tmp_path: Path, answers: Sequence[str], wrong: float
) -> None:
    listing = small_list(tmp_path, {**FINGERS, "answer": list(answers)}, NORMAL)
    assert share(content, listing, "a likely rare name") == pytest.approx(0.5)
    assert share(content, listing, "a wrong likely rare name") == pytest.approx(wrong)


def test_what_is_wrongly_said_is_told_with_its_items(content: Content, tmp_path: Path) -> None:
    told_in_full = prevalence.text(content, small_list(tmp_path, FINGERS, NORMAL))
    wrongly = told_in_full.partition("Wrongly said, heaviest first\n")[2]
    assert wrongly.startswith("  report-0: scleroderma, 5000 (charts: 1, heaviest: order-only)\n    +")


def test_the_command_prints_the_tables_or_says_that_there_is_no_list(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.evaluation.prevalence", "--folder", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    small_list(tmp_path, NORMAL)
    answered = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (refused.returncode, answered.returncode) == (2, 0)
    assert "holds no reading list" in refused.stderr
    assert "| no mineral read | 10000 " in answered.stdout


def silent(content: Content, folder: Path, text: str) -> Told:
    return told(content, small_list(folder, {**NORMAL, "text": text}).listed[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("No fracture. Normal joint spaces.", "no mineral read"),
        ("No soft tissue calcification about the knee.", "mineral denied"),
        ("Calcified popliteal artery.", "mineral elsewhere only: vessel, cartilage, tendon, node, organ"),
        # One sentence outweighs another, so the record of the finding has one member more.
        (
            "Calcified popliteal artery. No vascular calcification.",
            "mineral elsewhere only: vessel, cartilage, tendon, node, organ",
        ),
    ],
)
def test_silence_has_a_reason(content: Content, tmp_path: Path, text: str, reason: str) -> None:
    assert silent(content, tmp_path, text).silent == reason


HALF = [Weighed("a", "one", 0.25), Weighed("a", "two", 0.25), Weighed("b", "three", 0.5)]


def test_a_share_lies_in_its_interval_and_the_same_list_gives_the_same_interval() -> None:
    first, again = (estimates(HALF, [[True, False, True]]) for _ in range(2))
    assert first == again
    assert [first[0].low, first[0].share, first[0].high] == pytest.approx([0.5, 0.75, 1])


def test_a_kind_keeps_its_share_whichever_texts_are_drawn() -> None:
    [one] = estimates(HALF, [[True, True, False]])
    assert [one.share, one.low, one.high] == pytest.approx([0.5, 0.5, 0.5])


def test_what_never_happens_has_no_width() -> None:
    assert estimates(HALF, [[False, False, False]]) == [Estimate(0.0, 0.0, 0.0)]


def test_the_charts_of_one_text_are_no_further_texts() -> None:
    assert effective_texts(HALF) == pytest.approx(1 / (0.25**2 + 0.25**2 + 0.5**2))
    assert effective_texts([Weighed("a", "one", 0.5), Weighed("a", "one", 0.5)]) == pytest.approx(1)
