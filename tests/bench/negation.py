"""`make negation FILE=...`: how often the reader is right on what clinical sentences deny, and how fast.

The file has the columns of the NegEx annotations: number, condition, sentence, negation, temporality, experiencer. It
is given by path and is no part of the project; nothing else needs it. The annotated phrase is the target, laid over the
sentence like a phrase of the vocabulary, so that nothing of the reader is changed for the measurement.

`--yardstick PYTHON` asks medspaCy the same of the same rows, in the interpreter of an environment that has it.
"""

import argparse
import csv
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.core.findings import ReportReader
from cds_service.core.findings.context import Clause, clauses
from cds_service.core.findings.lexicon import Layer, Mention
from tests.evaluation.figures import wilson
from tests.shipped import shipped_content

ROUNDS = 5
NEGATED, AFFIRMED = "Negated", "Affirmed"
DENYING = frozenset({"negation", "resolved"})
SUBSET = "qualified"
"""What denies a kind of thing only ("no suspicious calcification"); the annotations call that negated, too."""

SHOWN_MISSES = 15
CUE_WORDS = re.compile(
    r"\b(no|not|non|without|denie[sd]|denying|negative|never|none|nor|neither|absent|absence|free|unremarkable|"
    r"resolved|unlikely|rule[sd]? out|lack|lacks|quit|former|-ve|cannot|unable|fail\w*|rather than|low)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One annotated sentence: the phrase, where it stands in the sentence, and whether it is denied."""

    number: str
    phrase: str
    sentence: str
    start: int
    end: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what the reader says of its phrase, and the cue categories that reach the phrase."""

    row: Row
    denied: bool
    categories: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the reader says what the annotation says."""
        return self.denied == self.row.negated


def rows_of(path: Path) -> tuple[list[Row], int]:
    """The rows that are affirmed or negated, and how many of these do not hold their phrase in one sentence."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        read = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) >= 4]
    rows, left_out = [], 0
    for number, phrase, sentence, negation, *_ in read:
        if negation not in (NEGATED, AFFIRMED):
            continue
        place = place_of(phrase, sentence)
        if place is None:
            left_out += 1
        else:
            rows.append(Row(number, phrase, sentence, *place, negation == NEGATED))
    return rows, left_out


def place_of(phrase: str, sentence: str) -> tuple[int, int] | None:
    """Where the phrase stands; where it does so more than once, the one in capitals that is no heading is meant."""
    pattern = re.compile(r"\s+".join(map(re.escape, phrase.split())), re.IGNORECASE)
    hits = list(pattern.finditer(sentence))
    capitals = [hit for hit in hits if hit[0].isupper()] or hits
    marked = [hit for hit in capitals if sentence[hit.end() : hit.end() + 1] != ":"] or capitals
    return marked[0].span() if marked and phrase.strip() else None


def categories_of(reader: ReportReader, row: Row) -> frozenset[str]:
    """The cue categories that reach the phrase: the phrase is put among the mentions of its sentence, then judged."""
    tokens, found, sentences = reader.layout(row.sentence)
    inside = [i for i, start in enumerate(tokens.starts) if start < row.end and tokens.ends[i] > row.start]
    for sentence in sentences:
        if not inside or not sentence.first <= inside[0] < sentence.stop:
            continue
        target = Mention(inside[0], min(inside[-1] + 1, sentence.stop), ("target",))
        mentions = tuple([m for m in layer if sentence.first <= m.first < sentence.stop] for layer in found)
        mentions[Layer.HISTORY].append(target)
        for clause in clauses(sentence.first, sentence.stop, mentions, tokens):
            if clause.first <= target.first < clause.stop:
                return _reaching(clause, target)
    return frozenset()


def _reaching(clause: Clause, target: Mention) -> frozenset[str]:
    return frozenset(clause.categories(Mention(target.first, min(target.stop, clause.stop), target.meanings)))


def judged(reader: ReportReader, rows: Iterable[Row], *, subset: bool = True) -> list[Judged]:
    """What the reader says of every row. `subset`: a denial of a kind of the thing counts as a denial."""
    denying = DENYING | {SUBSET} if subset else DENYING
    return [
        Judged(row, not denying.isdisjoint(categories), categories)
        for row in rows
        for categories in [categories_of(reader, row)]
    ]


def microseconds(work: Callable[[Row], object], rows: Sequence[Row]) -> float:
    """The median over rounds of the mean time of a row; the first round is not counted."""
    rounds = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        for row in rows:
            work(row)
        rounds.append((time.perf_counter() - began) * 1e6 / len(rows))
    return statistics.median(rounds[1:])


def kind_of(one: Judged) -> str:
    """What kind of miss this is, by what stands around the phrase."""
    before, after = one.row.sentence[: one.row.start], one.row.sentence[one.row.end :]
    if one.row.negated:
        if CUE_WORDS.search(one.row.phrase):
            return "missed: the cue is inside the annotated phrase"
        cue = list(CUE_WORDS.finditer(before))
        if cue:
            return f"missed: a cue before it does not reach or is not known ({cue[-1][0].lower()})"
        follows = CUE_WORDS.search(after)
        return f"missed: a cue after it ({follows[0].lower()})" if follows else "missed: no word of denial"
    cue = list(CUE_WORDS.finditer(before))
    near = cue and len(before[cue[-1].end() :].split()) == 0
    if CUE_WORDS.search(one.row.phrase):
        return "denied wrongly: the cue is inside the annotated phrase"
    if SUBSET in one.categories and DENYING.isdisjoint(one.categories):
        return "denied wrongly: a kind is denied"
    if "resolved" in one.categories and "negation" not in one.categories:
        return "denied wrongly: what has resolved"
    if near:
        return f"denied wrongly: the cue stands right before it ({cue[-1][0].lower()})"
    if cue:
        return f"denied wrongly: a cue before it reaches too far ({cue[-1][0].lower()})"
    return "denied wrongly: a cue after it"


def misses(found: Iterable[Judged], shown: int) -> list[str]:
    """The misses counted by kind, the most frequent kind first; so many of them written out, in turn from each kind."""
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        if not one.right:
            by_kind[kind_of(one)].append(one)
    ordered = sorted(by_kind.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    turns = sorted((turn, place) for place, (_, group) in enumerate(ordered) for turn in range(len(group)))
    picked = Counter(place for _, place in turns[:shown])
    lines = []
    for place, (kind, group) in enumerate(ordered):
        lines.append(f"  {len(group):3d}  {kind}")
        lines += [f"         {told(one)}" for one in group[: picked[place]]]
    return lines


def told(one: Judged) -> str:
    """A miss on one line, the phrase in brackets."""
    row = one.row
    before, after = row.sentence[: row.start][-90:], row.sentence[row.end :][:60]
    reached = f" <{', '.join(sorted(one.categories))}>" if one.categories else ""
    return f"{row.number}: " + " ".join(f"{before}[{row.sentence[row.start : row.end]}]{after}".split()) + reached


def line(name: str, denied: Sequence[bool], rows: Sequence[Row], took: float) -> str:
    """One line of the table: right of all, how many of the denials were found, and how many it made up."""
    right, missed, wrongly = scored(denied, rows)
    figures = f"missed {missed:3d}, denied wrongly {wrongly:3d}"
    return f"{name:34} {wilson(right, len(rows))}   {figures}   {took:7.0f} µs a sentence"


def yardstick(python: str, rows: Sequence[Row]) -> dict[str, Any]:
    """medspaCy on the same rows, run by another interpreter: its version, its answers, and its time for a sentence."""
    asked = json.dumps([[row.sentence, row.start, row.end] for row in rows])
    script = str(Path(__file__).with_name("negation_yardstick.py"))
    ran = subprocess.run([python, script, str(ROUNDS)], input=asked, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{python} could not run medspaCy:\n{ran.stderr.strip()[-600:]}")
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def scored(denied: Iterable[bool], rows: Sequence[Row]) -> tuple[int, int, int]:
    """Right, missed and wrongly denied."""
    pairs = [(said, row.negated) for said, row in zip(denied, rows, strict=True)]
    missed = sum(not said and negated for said, negated in pairs)
    wrongly = sum(said and not negated for said, negated in pairs)
    return len(pairs) - missed - wrongly, missed, wrongly


def main() -> int:
    """Prints the figures and the misses."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.negation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="annotated sentences, in the columns of the NegEx annotations")
    parser.add_argument("--yardstick", metavar="PYTHON", help="an interpreter that has medspaCy")
    parser.add_argument("--all-misses", action="store_true", help="every miss instead of the first 15")
    chosen = parser.parse_args()
    if not chosen.file.is_file():
        parser.error(f"{chosen.file} is not a file")
    rows, left_out = rows_of(chosen.file)
    if not rows:
        parser.error(f"{chosen.file} holds no row in the columns of the NegEx annotations")
    content = shipped_content()
    reader = content.reader
    found = judged(reader, rows)
    took = microseconds(lambda row: categories_of(reader, row), rows)
    print(f"{len(rows)} rows affirmed or negated, {sum(row.negated for row in rows)} of them negated")
    print(f"{left_out} more were left out: their phrase is not in their sentence; content {content.version}\n")
    print(line("this reader", [one.denied for one in found], rows, took))
    strict = [one.denied for one in judged(reader, rows, subset=False)]
    print(line("  a denied kind taken as silence", strict, rows, took))
    if chosen.yardstick:
        other = yardstick(chosen.yardstick, rows)
        for name, answers in other["answers"].items():
            spent = other["microseconds"][name]
            print(line(f"medspaCy {other['version']}, {name}", answers, rows, spent))
            print(f"{'':34} takes {spent / took:.0f} times as long as this reader")
    print("\nMisses by kind")
    print("\n".join(misses(found, len(found) if chosen.all_misses else SHOWN_MISSES)) or "  none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
