"""`make prevalence`: what the rules say on a list with real prevalence, where nearly nothing is rare.

The texts are composed and the weights partly estimated: the figures say which way the service errs, and roughly how
often.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from cds_service.content.load import Content
from tests.evaluation import prevalence_tables as tables
from tests.evaluation.reading_list import FOLDER, ReadingList, reading_list
from tests.evaluation.told import Told, told
from tests.evaluation.weighted import Weighed, effective_texts
from tests.shipped import shipped_content

Counts = Callable[[Told], bool]


def measures(everyday: frozenset[str]) -> dict[str, Counts]:
    """The figures by name. `everyday`: the etiologies that are no rare names."""
    return {
        "any card": lambda one: one.speaks,
        "a card though no etiology of the list is there": lambda one: one.is_needless,
        "a likely name": lambda one: bool(one.likely),
        "a likely rare name": lambda one: bool(set(one.likely) - everyday),
        "a wrong likely name": lambda one: bool(one.wrong),
        "a wrong likely rare name": lambda one: bool(set(one.wrong) - everyday),
        "a must-not-miss alarm": lambda one: bool(one.alarms),
        "a must-not-miss alarm that is not asked for": lambda one: one.false_alarm,
        "soft tissue mineral": lambda one: one.has_mineral,
        "soft tissue mineral, and no card": lambda one: one.has_mineral and not one.speaks,
    }


def text(content: Content, listing: ReadingList) -> str:
    """All tables."""
    results = [told(content, one) for one in listing.listed]
    weighed = [Weighed(one.kind, one.text, one.weight) for one in listing.listed]
    head = (
        f"{len({one.text for one in weighed})} texts, {len(results)} answers, content {content.version}; "
        f"as the weights go, worth {effective_texts(weighed):.0f} texts of equal weight"
    )
    parts = {
        "": tables.shares("reports with", results, measures(listing.everyday)),
        "By name": tables.names(results, listing.everyday),
        "By kind of report": tables.kinds(results),
        "Silent, and why": tables.silences(results),
        "Wrongly said, heaviest first": tables.offenders(results),
        "A card though no etiology of the list is there": tables.by_text(results, lambda one: one.is_needless),
        "Soft tissue mineral, and no card": tables.by_text(results, lambda one: one.has_mineral and not one.speaks),
    }
    return "\n\n".join([head, *("\n".join(filter(None, [title, *lines])) for title, lines in parts.items())])


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.prevalence", description=(__doc__ or "").strip())
    parser.add_argument("--folder", type=Path, default=FOLDER, help="a list of the format of fixtures/reading-list")
    chosen = parser.parse_args()
    try:
        listing = reading_list(chosen.folder)
    except (KeyError, OSError, TypeError, ValueError) as error:
        parser.error(f"{chosen.folder} holds no reading list: {type(error).__name__} {error}")
    print(text(shipped_content(), listing))
    return 0


if __name__ == "__main__":
    sys.exit(main())
