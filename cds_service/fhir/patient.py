"""Age and sex of the call's patient."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cds_service.core.facts import Patient

OLDEST = 130
"""Years beyond which a date of birth is a placeholder."""

_SEXES = ("male", "female")
_MIDDLE_OF_YEAR, _MIDDLE_OF_MONTH = 7, 15
_TWO_DECIMALS = Decimal("0.01")


def read_patient(resource: Mapping[str, Any], as_of: datetime) -> Patient:
    """Age and sex from a FHIR Patient; whatever is missing or makes no sense is unknown."""
    sex = resource.get("gender")
    born = resource.get("birthDate")
    age = age_years(born, as_of.date()) if isinstance(born, str) else None
    return Patient(age, sex if sex in _SEXES else None)


def age_years(born: str, today: date) -> Decimal | None:
    """Completed years, with two decimals for the year that is running; None for a date that makes no sense.

    A year or a month alone is taken at its middle, which is at most half of it off.
    """
    parts = born.strip()[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        year = numbers[0]
        month = numbers[1] if len(numbers) > 1 else _MIDDLE_OF_YEAR
        day = numbers[2] if len(numbers) > 2 else 1 if len(numbers) == 1 else _MIDDLE_OF_MONTH
        birthday = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    if birthday > today or today.year - year > OLDEST:
        return None
    years = today.year - birthday.year
    if _anniversary(birthday, birthday.year + years) > today:
        years -= 1
    last, following = (_anniversary(birthday, birthday.year + years + n) for n in (0, 1))
    running = Decimal((today - last).days) / Decimal((following - last).days)
    # Rounded down, so that a limit of age is never reached before the birthday.
    return years + Decimal(int(running / _TWO_DECIMALS)) * _TWO_DECIMALS


def _anniversary(birthday: date, year: int) -> date:
    """The birthday in another year; that of 29 February falls on 1 March where the year has none."""
    try:
        return birthday.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
