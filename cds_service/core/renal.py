"""Glomerular filtration rate from creatinine: CKD-EPI 2021 for adults, bedside Schwartz for children.

Source: Inker LA et al., N Engl J Med 2021;385:1737-49, as printed by the National Kidney Foundation (kidney.org):
142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age x 1.012 if female, with creatinine in mg/dL, k = 0.7 and
a = -0.241 for women, k = 0.9 and a = -0.302 for men. It has no race term.

Children: 0.413 x height in cm / creatinine in mg/dL, for 1 to 18 years (Schwartz GJ et al., J Am Soc Nephrol
2009;20:629-37, as printed by the National Kidney Foundation). Without a height their renal function stays unknown
unless the laboratory reports it: the adult equation is never used for them.
"""

from decimal import Decimal, localcontext

from cds_service.core.quantity import Interval

ADULT_FROM = Decimal(18)
"""Years of age from which the equation holds."""

FORMULA = "CKD-EPI 2021"
"""The name of the equation, as records give it."""

CHILDREN_S_FORMULA = "bedside Schwartz 2009"
"""The name of the children's equation, as records give it."""

_SCHWARTZ = Decimal("0.413")
_KAPPA = {"female": Decimal("0.7"), "male": Decimal("0.9")}
_ALPHA = {"female": Decimal("-0.241"), "male": Decimal("-0.302")}
_SEX_FACTOR = {"female": Decimal("1.012"), "male": Decimal(1)}
_BETA = Decimal("-1.200")
_SCALE = Decimal(142)
_PER_YEAR = Decimal("0.9938")
_DIGITS = 12


def egfr(creatinine: Decimal, age_years: Decimal, sex: str) -> Decimal:
    """The estimated glomerular filtration rate in mL/min/1.73 m2.

    Args:
        creatinine: in mg/dL, above zero.
        age_years: 18 or more.
        sex: "female" or "male".

    Raises:
        ValueError: the equation does not hold for this age or creatinine.
    """
    if age_years < ADULT_FROM or creatinine <= 0:
        raise ValueError("CKD-EPI 2021 holds for adults and for creatinine above zero")
    with localcontext() as context:
        context.prec = _DIGITS
        ratio = creatinine / _KAPPA[sex]
        below, above = min(ratio, Decimal(1)), max(ratio, Decimal(1))
        return _SCALE * below ** _ALPHA[sex] * above**_BETA * _PER_YEAR**age_years * _SEX_FACTOR[sex]


def egfr_interval(creatinine: Interval, age_years: Decimal, sex: str | None) -> Interval | None:
    """All rates that a creatinine allows; an unknown sex allows those of both. None where the equation does not hold.

    The more creatinine, the less filtration: an upper limit of one is a lower limit of the other.
    """
    ends = [end for end in (creatinine.low, creatinine.high) if end is not None]
    if age_years < ADULT_FROM or not ends or any(end <= 0 for end in ends):
        return None
    sexes = [sex] if sex is not None else sorted(_KAPPA)
    lowest = [egfr(creatinine.high, age_years, each) for each in sexes] if creatinine.high is not None else None
    highest = [egfr(creatinine.low, age_years, each) for each in sexes] if creatinine.low is not None else None
    return Interval(
        min(lowest) if lowest else None,
        max(highest) if highest else None,
        low_open=creatinine.high_open,
        high_open=creatinine.low_open,
    )


def childs_egfr_interval(creatinine: Interval, height: Decimal, age_years: Decimal) -> Interval | None:
    """All rates of a child that a creatinine (mg/dL) allows, by height in cm; None where the equation does not hold."""
    ends = [end for end in (creatinine.low, creatinine.high) if end is not None]
    if age_years >= ADULT_FROM or not ends or any(end <= 0 for end in ends):
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        low = _SCHWARTZ * height / creatinine.high if creatinine.high is not None else None
        high = _SCHWARTZ * height / creatinine.low if creatinine.low is not None else None
    return Interval(low, high, low_open=creatinine.high_open, high_open=creatinine.low_open)


def creatinine_for(rate: Decimal, age_years: Decimal, sex: str) -> Decimal:
    """The creatinine in mg/dL at which the adults' equation gives this rate; the inverse of `egfr`.

    Args:
        rate: in mL/min/1.73 m2, above zero.
        age_years: 18 or more.
        sex: "female" or "male".

    Raises:
        ValueError: the equation does not hold for this age or rate.
    """
    if age_years < ADULT_FROM or rate <= 0:
        raise ValueError("CKD-EPI 2021 holds for adults and for rates above zero")
    with localcontext() as context:
        context.prec = _DIGITS
        share = rate / (_SCALE * _PER_YEAR**age_years * _SEX_FACTOR[sex])
        exponent = _ALPHA[sex] if share > 1 else _BETA
        return _KAPPA[sex] * share ** (1 / exponent)


def childs_creatinine_for(rate: Decimal, height: Decimal) -> Decimal:
    """The creatinine in mg/dL at which the children's equation gives this rate. `height`: in cm."""
    with localcontext() as context:
        context.prec = _DIGITS
        return _SCHWARTZ * height / rate
