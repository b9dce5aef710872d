"""Text from a report or a chart stays text."""

import pytest

from cds_service.core.markdown import cut, escape, table


@pytest.mark.parametrize(
    ("foreign", "safe"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("a|b", "a\\|b"),
        ("[link](http://x)", "\\[link\\](http://x)"),
        ("`code` *bold* _em_", "\\`code\\` \\*bold\\* \\_em\\_"),
        ("two\nlines\n# heading", "two lines \\# heading"),
        ("R&D &lt;", "R&amp;D &amp;lt;"),
        ("mL/min/1.73 m2", "mL/min/1.73 m2"),
    ],
)
def test_foreign_text_cannot_become_markup(foreign: str, safe: str) -> None:
    assert escape(foreign) == safe


def test_text_is_cut_at_a_word_and_says_so() -> None:
    assert cut("amorphous calcification of the hip", 20) == "amorphous…"
    assert cut("short", 20) == "short"


def test_a_table_has_a_head_and_a_row_for_each() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
