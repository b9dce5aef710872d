"""The bytes of a narrative become its words, whatever encoding they came in, or are refused with the reason."""

import base64
import gzip
from typing import Any

import pytest

from cds_service.fhir.html import text_of_html
from cds_service.fhir.narrative import UnreadableNarrativeError, decoded
from cds_service.fhir.report import report_text
from tests.fhir.test_report import form

_WORDS = "Verkalkung caf\u00e9 \u2013 4 \u00d7 3 cm"
_LATIN = "caf\u00e9 4 \u00d7 3 cm"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("raw", "content_type", "text"),
    [
        (_WORDS.encode(), "text/plain", _WORDS),
        (_WORDS.encode(), "text/plain; charset=utf-8", _WORDS),
        (_WORDS.encode(), 'text/plain; charset="UTF-8"; format=flowed', _WORDS),
        (_WORDS.encode("utf-8-sig"), "text/plain", _WORDS),
        (_WORDS.encode("utf-8-sig"), "text/plain; charset=iso-8859-1", _WORDS),
        (_WORDS.encode("utf-16"), "text/plain", _WORDS),
        (b"\xfe\xff" + _WORDS.encode("utf-16-be"), "text/plain", _WORDS),
        (_WORDS.encode("utf-16"), "text/plain; charset=utf-16", _WORDS),
        (_WORDS.encode("utf-16-le"), "text/plain; charset=utf-16", _WORDS),
        (_WORDS.encode("utf-16-be"), "text/plain; charset=utf-16", _WORDS),
        (_LATIN.encode("latin-1"), "text/plain; charset=iso-8859-1", _LATIN),
        (_WORDS.encode("cp1252"), "text/plain; charset=iso-8859-1", _WORDS),
        (_WORDS.encode("cp1252"), "text/plain; charset=windows-1252", _WORDS),
        (_WORDS.encode("cp1252"), "text/plain", _WORDS),
        (_LATIN.encode("latin-1"), "text/plain; charset=utf-8", _LATIN),
        (_WORDS.encode(), "text/plain; charset=iso-8859-1", _WORDS),
        (_WORDS.encode(), "text/plain; charset=us-ascii", _WORDS),
        (b"plain words", "text/plain; charset=utf-16", "plain words"),
        (_WORDS.encode() + "\u00e9".encode()[:1], "text/plain", _WORDS),
        (b"one\r\ntwo\rthree", "text/plain", "one\ntwo\nthree"),
    ],
)
def test_the_words_come_out_whatever_the_bytes_and_their_label(raw: bytes, content_type: str, text: str) -> None:
    assert decoded(_base64(raw), content_type) == text


@pytest.mark.parametrize(
    ("raw", "content_type", "reason"),
    [
        (b"{\\rtf1\\ansi calcified mass}", "text/plain", "RTF"),
        (b"\n {\\RTF1 calcified mass}", "text/plain", "RTF"),
        (gzip.compress(b"calcified mass", mtime=0), "text/plain", "not text"),
        (bytes(range(256)), "text/plain", "not in its charset"),
        (_WORDS.encode("utf-16-le"), "text/plain", "not text"),
        (_WORDS.encode() + b" \x81\x8d", "text/plain", "mixes charsets"),
        (_WORDS.encode() + _LATIN.encode("latin-1"), "text/plain; charset=utf-8", "mixes charsets"),
        (b"mass \x81", "text/plain", "not in its charset"),
        (b"\xff\xfem", "text/plain", "byte order mark"),
        (b"mass", "text/plain; charset=punycode", "not known"),
        (b"mass", "text/plain; charset=hex", "not known"),
        (b"mass", "text/plain; charset=utf-7", "not known"),
    ],
)
def test_what_would_be_read_as_other_words_is_refused(raw: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(UnreadableNarrativeError, match=reason):
        decoded(_base64(raw), content_type)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>Calci<b>fied</b> mass</div>", "Calcified mass"),
        ("<div>No mass.<br/>No&#160;calcification &lt;1&nbsp;cm</div>", "No mass.\nNo calcification <1 cm"),
        (
            "<table><tr><th>Mass</th><td>absent</td></tr><tr><td>Level</td><td>seen</td></tr></table>",
            "Mass absent\nLevel seen",
        ),
        ("<ul><li>Hip<ul><li>calcified</li></ul></li><li>Knee</li></ul>", "Hip\ncalcified\nKnee"),
        ("<p>Mass.<del>Calcified.</del></p><!-- calcified --><template>calcified</template>", "Mass."),
        ("<head><title>Report<body><p>Calcified mass.</p>", "Calcified mass."),
        ("<pre>Line one\nline two</pre>", "Line one\nline two"),
        ("<p>Hip<p>Knee", "Hip\nKnee"),
    ],
)
def test_html_is_the_text_that_a_reader_sees(html: str, text: str) -> None:
    assert text_of_html(html) == text


_SAME = "FINDINGS: Calcified mass.\nNo fracture."


@pytest.mark.parametrize(
    ("report", "text", "source"),
    [
        (
            {
                "presentedForm": [
                    form(_SAME),
                    form("<p>FINDINGS: Calcified mass.</p><p>No fracture.</p>", "text/html"),
                ],
                "conclusion": "calcified  mass",
                "text": {"status": "generated", "div": "<div>Calcified mass. No fracture.</div>"},
            },
            _SAME,
            "presentedForm[0]",
        ),
        (
            {"presentedForm": [form("FINDINGS: Mass."), form("ADDENDUM: Calcified.")]},
            "FINDINGS: Mass.\n\nADDENDUM: Calcified.",
            "presentedForm[0], presentedForm[1]",
        ),
        (
            {"presentedForm": [form("Mass."), form(b"%PDF-", "application/pdf"), form("Mass.")], "conclusion": "Mass"},
            "Mass.",
            "presentedForm[0]",
        ),
        (
            {"conclusion": "Mass.", "text": {"status": "additional", "div": "<div>Calcified.</div>"}},
            "Mass.\n\nCalcified.",
            "conclusion, text.div",
        ),
    ],
)
def test_what_is_said_twice_is_read_once_and_nothing_said_once_is_lost(
    report: dict[str, Any], text: str, source: str
) -> None:
    chosen = report_text(report)
    assert (chosen.text, chosen.source) == (text, source)


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ({"conclusion": "a " * 600_000}, "conclusion goes beyond 50 thousand characters"),
        ({"text": {"div": f"<div>{'a ' * 600_000}</div>"}}, "text.div goes beyond 50 thousand characters"),
        ({"presentedForm": [form("a " * 200_000), form("b " * 200_000)]}, "presentedForm[1] goes beyond 500 kB"),
        ({"conclusion": "{\\rtf1 mass}"}, "conclusion is RTF"),
        ({"presentedForm": [form("{\\rtf1 mass}", "application/rtf")]}, "application/rtf"),
        (
            {"presentedForm": [form("Mass."), form("<p>Calcified.</p>", "text/html")]},
            "something else than the plain text",
        ),
    ],
)
def test_what_is_not_read_is_set_aside_with_the_reason(report: dict[str, Any], reason: str) -> None:
    chosen = report_text(report)
    assert [item.reason for item in chosen.set_aside if reason in item.reason]
    assert len(chosen.text) <= 1_000_002
