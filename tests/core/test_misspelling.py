"""Typing errors of one letter in long words: which are read as the word meant, and which words are left alone."""

import pytest

from cds_service.core.facts import State
from cds_service.core.findings import read_report
from cds_service.core.findings.misspelling import Corrections
from tests.core.test_reading_lines import reader

MISTYPED = {
    "a letter left out": "calcifcation",
    "a letter left out of a plural": "calcificatons",
    "a letter added": "calicification",
    "a letter doubled": "calciffication",
    "a letter changed": "calcificstion",
    "two letters swapped": "calcifciation",
    "two letters of a plural swapped": "calcificatoins",
    "capitals": "CALCIFCATION",
    "a soft hyphen inside": "calcif\u00adcation",
    "broken by the end of a line": "calcif-\ncation",
}


@pytest.mark.parametrize("word", MISTYPED.values(), ids=MISTYPED)
def test_a_mistyped_word_is_read_as_the_word_meant_and_quoted_as_it_was_sent(word: str) -> None:
    text = f"There is {word} in the soft tissues of the thigh."
    finding = read_report(text, reader()).lesions[0].findings["soft-tissue-calcification"]
    assert (finding.state, text[finding.spans[0].start : finding.spans[0].end]) == (State.PRESENT, word)


@pytest.mark.parametrize(
    ("line", "region", "concept"),
    [
        ("Heterotopic ossifcation at the left hip.", "hip", "soft-tissue-ossification"),
        ("Lobualted calcified mass in the soft tissues of the elbow.", "elbow", "lobulated"),
        ("Calcified mass in the soft tissues of the shuolder.", "shoulder", "soft-tissue-calcification"),
        ("Subcutanous calcification of the forearm.", "forearm", "subcutaneous"),
        ("Perarticular calcification about the knee.", "knee", "periarticular"),
        ("Soft tissue calcification of the thigh, seperate from the femur.", "thigh", "soft-tissue-calcification"),
    ],
    ids=lambda value: value if " " in value else "",
)
def test_sites_and_signs_are_read_when_mistyped(line: str, region: str, concept: str) -> None:
    present = {
        (lesion.region, finding.concept)
        for lesion in read_report(line, reader()).lesions
        for finding in lesion.findings.values()
        if finding.state is State.PRESENT
    }
    assert (region, concept) in present


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("clacification", "calcification"),
        ("osteosarcma", "osteosarcoma"),
        ("neprocalcinosis", "nephrocalcinosis"),
        ("dermatomyosits", "dermatomyositis"),
        ("consistant", "consistent"),
    ],
)
def test_one_letter_inside_a_long_word_is_put_right(written: str, read: str) -> None:
    assert reader().lexicon.tokenise(written).words == [read]


LEFT_ALONE = {
    "another word": ["classification", "decalcified", "particular", "inferiority", "hypocalcaemia", "hypercalciuria"],
    "a word that one letter makes another": [
        "avascular",
        "muscular",
        "asymmetric",
        "maxillary",
        "resolve",
        "parenchymal",
    ],
    "a word of its own, listed": [
        "infected",
        "rejection",
        "confusion",
        "interior",
        "stricture",
        "hepatoma",
        "piriform",
    ],
    "two letters wrong": ["calcfcation", "osificaton", "calcificaiotns"],
    "a short word": ["mas", "hipp", "calus", "tisue", "lober"],
    "a number or a mixture": ["12345678", "calcificati0n"],
}


@pytest.mark.parametrize(
    "word", [word for words in LEFT_ALONE.values() for word in words], ids=lambda word: f"{word} stays"
)
def test_what_is_not_surely_a_typing_error_stays_as_it_is(word: str) -> None:
    lexicon = reader().lexicon
    assert lexicon.tokenise(word).words == [lexicon.fold(word)]


def test_a_word_between_two_words_of_the_vocabulary_is_left_alone() -> None:
    corrections = Corrections(["hyperdense", "hypodense"], [])
    read = {word: corrections.meant_by(word) for word in ("hyperdennse", "hypodennse", "hypeodense")}
    assert read == {"hyperdennse": "hyperdense", "hypodennse": "hypodense", "hypeodense": None}


def test_a_word_of_the_vocabulary_is_read_as_itself() -> None:
    lexicon = reader().lexicon
    words = [word for word in lexicon.words() if word.isalpha() and lexicon.fold(word) == word]
    assert [word for word in words if lexicon.tokenise(word).words != [word]] == []
    assert len(words) > 3000
