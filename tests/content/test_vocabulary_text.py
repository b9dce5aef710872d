"""What the report reader's vocabulary refuses to be built from."""

from pathlib import Path
from typing import Any

import pytest

from cds_service.content.vocabulary_text import text_vocabulary
from cds_service.content.yaml_source import read_source
from cds_service.errors import ContentError

_VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("tissues", {"id": "lung", "several": "cheese", "calcified": [], "ossified": []}),
        ("places", {"tissue": "cheese", "forms": ["moon"]}),
        ("names", {"id": "lunacy", "implies": {"tissue": "cheese"}, "forms": ["lunacy"]}),
    ],
    ids=["a tissue", "a place", "the name of a diagnosis"],
)
def test_an_entry_that_speaks_of_an_unknown_tissue_is_complained_of(key: str, entry: dict[str, Any]) -> None:
    findings, cues, sections, history = (
        read_source(_VOCABULARY / f"{name}.yaml", name).data for name in ("findings", "cues", "sections", "history")
    )
    findings[key].append(entry)
    with pytest.raises(ContentError) as caught:
        text_vocabulary(findings, cues, sections, history)
    assert [(problem.key, problem.problem) for problem in caught.value.problems] == [(key, "'cheese' is no tissue.")]
