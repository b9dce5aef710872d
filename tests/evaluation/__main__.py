"""`make evaluate`: the published cases, answered; how often the published etiology comes first, and why not."""

import argparse
import json
import sys

from cds_service.content.load import Content
from tests.evaluation.published import add_folder_argument, chosen_cases
from tests.evaluation.results import Answered, answered, deciding
from tests.evaluation.tables import (
    by_published,
    confusion,
    confusion_lines,
    miss_json,
    miss_lines,
    named,
    per_etiology,
    summary,
)
from tests.shipped import shipped_content


def text(content: Content, results: list[Answered]) -> str:
    """All tables."""
    placings = [one.placing for one in results]
    missed = [
        line for one in results if one.placing.is_miss for line in miss_lines(one.placing, deciding(content, one))
    ]
    return "\n".join(
        [
            f"{len(results)} published cases, content {content.version}",
            "",
            *(share.line() for share in summary(placings)),
            "",
            "By what was published",
            *per_etiology(placings),
            "",
            *confusion_lines(confusion(placings)),
            "",
            "Not as published, with what decided",
            *(missed or ["  none"]),
        ]
    )


def as_json(content: Content, results: list[Answered]) -> str:
    """The same for another program."""
    placings = [one.placing for one in results]
    told = {
        "content": content.version,
        "cases": len(results),
        "summary": {share.name: share.as_json() for share in summary(placings)},
        "etiologies": {
            name: {share.name: share.as_json() for share in summary(group) if share.of}
            for name, group in by_published(placings).items()
        },
        "confusion": confusion(placings),
        "misses": [miss_json(one.placing, deciding(content, one)) for one in results if one.placing.is_miss],
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=(__doc__ or "").strip())
    add_folder_argument(parser)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    chosen = parser.parse_args()
    cases = chosen_cases(parser, chosen.folder)
    content = shipped_content()
    results = [answered(content, case) for case in cases]
    print(as_json(content, results) if chosen.json else text(content, results))
    if not named(one.placing for one in results):
        print("no case names an etiology", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
