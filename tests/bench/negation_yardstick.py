"""Asks medspaCy which phrases are denied. Run by `negation.py` in an environment of its own; imports nothing from here.

Reads [[sentence, start, end], ...] as JSON from standard input. Two pipelines: medspaCy's own tokenizer, sentence
splitter and ConText with its default rules, and the same ConText over spaCy's rule-based sentence splitter.
"""

import json
import logging
import statistics
import sys
import time
from importlib import import_module
from importlib.metadata import version
from typing import Any


def pipelines() -> dict[str, tuple[Any, Any]]:
    """By name: what tokenises and splits, and the ConText that judges."""
    medspacy = import_module("medspacy")
    own = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_context"])
    plain = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_context"])
    plain.add_pipe("sentencizer", first=True)
    made = {}
    for name, nlp in (("as it comes", own), ("plain sentences", plain)):
        made[name] = (nlp, nlp.get_pipe("medspacy_context"))
    return made


def denied(nlp: Any, context: Any, sentence: str, start: int, end: int) -> bool:
    """Whether ConText calls the phrase negated."""
    doc = nlp.make_doc(sentence)
    for name, pipe in nlp.pipeline:
        if name != "medspacy_context":
            doc = pipe(doc)
    span = doc.char_span(start, end, label="TARGET", alignment_mode="expand")
    if span is None:
        return False
    doc.ents = [span]
    doc = context(doc)
    return any(bool(entity._.is_negated) for entity in doc.ents)


def main() -> int:
    """Prints version, answers and times as one line of JSON."""
    logging.disable(logging.CRITICAL)
    # The library logs through loguru, which writes to standard error by itself.
    import_module("loguru").logger.remove()
    rounds = int(sys.argv[1])
    rows = json.load(sys.stdin)
    answers: dict[str, list[bool]] = {}
    spent: dict[str, float] = {}
    for name, (nlp, context) in pipelines().items():
        took = []
        for _ in range(rounds):
            began = time.perf_counter()
            answers[name] = [denied(nlp, context, *row) for row in rows]
            took.append((time.perf_counter() - began) * 1e6 / len(rows))
        spent[name] = statistics.median(took)
    print(json.dumps({"version": version("medspacy"), "answers": answers, "microseconds": spent}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
