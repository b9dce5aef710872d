"""Numbers as laboratories report them: an exact value, or a comparator's open interval."""

from decimal import Decimal
from typing import NamedTuple

from cds_service.core.verdict import Verdict, verdict_of


class Interval(NamedTuple):
    """All values that a result allows, in one unit. `None` is unbounded.

    `7.4` is the interval [7.4, 7.4]; `>710` is (710, unbounded), which satisfies "above 65"; `<5` is (unbounded, 5),
    which cannot tell whether the value is above 4.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def exactly(cls, value: Decimal) -> "Interval":
        """The interval of one known value."""
        return cls(value, value)

    @property
    def exact(self) -> Decimal | None:
        """The value, where there is just one."""
        return self.low if self.low is not None and self.low == self.high else None

    def above(self, limit: Decimal) -> Verdict:
        """Whether every allowed value is greater than `limit`."""
        if self.low is not None and (self.low > limit or (self.low == limit and self.low_open)):
            return Verdict.MET
        return verdict_of(False) if self.high is not None and self.high <= limit else Verdict.UNKNOWN

    def at_least(self, limit: Decimal) -> Verdict:
        """Whether every allowed value is `limit` or greater."""
        return self.below(limit).negated()

    def below(self, limit: Decimal) -> Verdict:
        """Whether every allowed value is less than `limit`."""
        if self.high is not None and (self.high < limit or (self.high == limit and self.high_open)):
            return Verdict.MET
        return verdict_of(False) if self.low is not None and self.low >= limit else Verdict.UNKNOWN

    def at_most(self, limit: Decimal) -> Verdict:
        """Whether every allowed value is `limit` or less."""
        return self.above(limit).negated()

    def scaled(self, factor: Decimal, places: int) -> "Interval":
        """The same values in another unit, rounded to `places` decimals so that a limit is met exactly."""
        step = Decimal(1).scaleb(-places)

        def convert(value: Decimal | None) -> Decimal | None:
            return None if value is None else (value * factor).quantize(step).normalize() + 0

        low = convert(self.low)
        return Interval(low, low if self.high is self.low else convert(self.high), self.low_open, self.high_open)
