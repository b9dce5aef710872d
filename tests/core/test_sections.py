"""Under which kind of section each sentence of a report stands, however its headings are written."""

import pytest

from tests.core.test_reading_lines import reader


def sections(text: str) -> list[tuple[str, str]]:
    """Each sentence's kind of section and its words as sent."""
    tokens, _, sentences = reader().layout(text)
    return [(s.section, text[tokens.starts[s.first] : tokens.ends[s.stop - 1]].strip()) for s in sentences]


HEADINGS = {
    "history": [
        *(
            "History",
            "Clinical history",
            "Clinical information",
            "Clinical details",
            "Clinical indication",
            "Indication",
        ),
        *(
            "Reason for exam",
            "Reason for examination",
            "Reason for referral",
            "Clinical question",
            "Presenting complaint",
        ),
        *(
            "Clinical Hx",
            "HPI",
            "Chief complaint",
            "Past medical history",
            "Provisional diagnosis",
            "History/Indication",
        ),
    ],
    "exam": ["Exam", "Examination", "Study", "Procedure", "Type of exam", "Exam performed"],
    "ignored": [
        *("Technique", "Protocol", "Comparison", "Comparisons", "Prior imaging", "Previous imaging", "Radiation dose"),
        *("Contrast", "Recommendation", "Advice", "Reported by", "Electronically signed by", "Limitations", "DLP"),
    ],
    "findings": [
        "Findings",
        "Report",
        "Description",
        "Observations",
        "CT findings",
        "Radiological findings",
        "X-ray findings",
    ],
    "impression": [
        *("Impression", "Conclusion", "Opinion", "Summary", "Comment", "Assessment", "Diagnosis", "Final diagnosis"),
        *("Addendum", "Impression and recommendation", "IMP", "In summary"),
    ],
}
WRITTEN = {
    "with a colon": "{}: Calcified mass of the thigh.",
    "with a space before the colon": "{} : Calcified mass of the thigh.",
    "on a line of its own": "{}\nCalcified mass of the thigh.",
    "with a colon on a line of its own": "{}:\nCalcified mass of the thigh.",
    "with a dash": "{} - Calcified mass of the thigh.",
    "with a long dash": "{} \u2013 Calcified mass of the thigh.",
}


@pytest.mark.parametrize("way", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("case", [str, str.upper, str.lower], ids=["as written", "capitals", "small letters"])
@pytest.mark.parametrize(("kind", "heading"), [(kind, heading) for kind, some in HEADINGS.items() for heading in some])
def test_a_heading_says_what_stands_beneath_it(kind: str, heading: str, case: type[str], way: str) -> None:
    text = "Fall.\n" + way.format(case(heading))
    assert (kind, "Calcified mass of the thigh.") in sections(text)


@pytest.mark.parametrize(("kind", "heading"), [(kind, heading) for kind, some in HEADINGS.items() for heading in some])
def test_a_heading_in_capitals_needs_nothing_after_it(kind: str, heading: str) -> None:
    assert (kind, "Calcified mass of the thigh.") in sections(f"Fall.\n{heading.upper()} Calcified mass of the thigh.")


NO_HEADINGS = {
    "a word of a sentence": "Impression of a calcified mass.",
    "capitals throughout": "COMPARISON SHOWS A CALCIFIED MASS.",
    "in the middle of a line": "The mass is calcified. HISTORY unknown.",
    "a hyphen": "Contrast-enhanced calcified mass.",
    "a name": "Report was delayed; the mass is calcified.",
}


@pytest.mark.parametrize("line", NO_HEADINGS.values(), ids=NO_HEADINGS)
def test_the_same_words_in_a_sentence_are_no_heading(line: str) -> None:
    found = sections(f"FINDINGS: Soft tissue calcification of the hip.\n{line}")
    assert {kind for kind, _ in found} == {"findings"}


WHOLE = {
    "United States": (
        "EXAM: XR HIP LEFT\nCLINICAL HISTORY: Pain.\nCOMPARISON: None.\nTECHNIQUE: Two views.\nFINDINGS: A mass.\n"
        "IMPRESSION: Mass.",
        ["exam", "history", "ignored", "ignored", "findings", "impression"],
    ),
    "United Kingdom": (
        "Clinical details: Painful lump.\nX-ray left hip:\nThere is a calcified mass.\nOpinion: Calcified mass.",
        ["history", "findings", "impression"],
    ),
    "none at all": ("There is a calcified mass of the thigh. No fracture.", ["findings", "findings"]),
    "a title, then lines": ("CT LEFT THIGH\nA calcified mass is seen.\nNo fracture.", ["exam", "findings", "findings"]),
    "an addendum last": (
        "FINDINGS: A mass.\nIMPRESSION: Mass.\nADDENDUM: It is calcified.",
        ["findings", "impression", "impression"],
    ),
    "history and technique only": (
        "Indication: Pain.\nTechnique: CT.\nA calcified mass is seen.",
        ["history", "ignored", "findings"],
    ),
}


@pytest.mark.parametrize(("text", "kinds"), WHOLE.values(), ids=WHOLE)
def test_a_whole_report_falls_into_its_sections(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in sections(text)] == kinds
