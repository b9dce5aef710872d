"""Report texts from templates: alternatives chosen by chance, dates counted from today."""

import re
from datetime import date, timedelta

from cds_service.content.lengths import days_in
from cds_service.synthetic.chance import Random

_BRACES = re.compile(r"\{([^{}]*)\}")
_DATE = "date:"


class Wording:
    """Words one patient's templates.

    The same braces give the same choice throughout, so that a side does not change between findings and impression.

    Args:
        dice: the patient's chance.
        today: the day of the report.
        dates: how the house writes dates.
    """

    def __init__(self, dice: Random, today: date, dates: str) -> None:
        self._dice = dice
        self._today = today
        self._dates = dates
        self._chosen: dict[str, str] = {}

    def worded(self, template: str) -> str:
        """The text of a template."""
        return _BRACES.sub(self._choice, template).strip()

    def _choice(self, match: re.Match[str]) -> str:
        braces = match[1]
        if braces.startswith(_DATE):
            days = days_in(braces.removeprefix(_DATE).strip()) or 0
            return (self._today - timedelta(days=days)).strftime(self._dates)
        if braces not in self._chosen:
            self._chosen[braces] = self._dice.choice(braces.split("|"))
        return self._chosen[braces]
