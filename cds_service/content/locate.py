"""Where the content that came with the program lies: in the wheel, or at the top of a checkout."""

from pathlib import Path

from cds_service.errors import StartError


def default_content() -> tuple[Path, Path]:
    """The folders of rules and of card wording, in this order.

    Raises:
        StartError: when neither place holds them, which only a damaged installation can bring about.
    """
    package = Path(__file__).resolve().parent.parent
    for top in (package / "_content", package.parent):
        rules, cards = top / "rules", top / "cards"
        if rules.is_dir() and cards.is_dir():
            return rules, cards
    raise StartError("The rules and cards that belong to this program are missing. Install calcification-cds again.")
