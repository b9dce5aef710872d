"""One person's states and true laboratory values over the years, before any laboratory measures them."""

import math
from collections.abc import Mapping
from decimal import Decimal

from cds_service.core.renal import ADULT_FROM, childs_creatinine_for, creatinine_for
from cds_service.core.renal import egfr as rate_of
from cds_service.synthetic.chance import Random
from cds_service.synthetic.points import Points
from cds_service.synthetic.world import CREATININE, FILTRATION, FILTRATION_RATE, LabModel, Physiology

_LEAST = 0.01
"""No concentration falls to nothing, however the effects add up."""


class Body:
    """What goes on in one person.

    Args:
        physiology: the model.
        courses: what becomes of states, by years before the report; the others stay as usual.
        now: by lab, the value that the newest result shall have, in the lab's own unit.
        age: in years, on the day of the report.
        sex: "female" or "male".
        dice: the person's chance.
    """

    def __init__(
        self,
        physiology: Physiology,
        courses: Mapping[str, Points],
        now: Mapping[str, float],
        age: float,
        sex: str,
        dice: Random,
    ) -> None:
        self._physiology = physiology
        self._courses = courses
        self._age = age
        self._sex = sex
        self._own_states = {name: math.exp(dice.gauss(0, each.person)) for name, each in physiology.states.items()}
        self._own_labs = {name: math.exp(dice.gauss(0, lab.person)) for name, lab in physiology.labs.items()}
        self._tall = math.exp(dice.gauss(0, physiology.growth.person))
        self._told_rate = next((now[lab] for lab in now if physiology.labs[lab].formula == FILTRATION_RATE), None)
        self._told = {lab: value for lab, value in now.items() if not physiology.labs[lab].formula}

    def height(self, years: float) -> float:
        """Centimetres, so many years before (below zero) the report."""
        return self._physiology.growth.usual.at(self._age + years) * self._tall

    def state(self, name: str, years: float) -> float:
        """A state, so many years before (below zero) the report."""
        value = self._drawn(name, years)
        if name == FILTRATION and self._told_rate is not None:
            value *= (self._told_rate / self._drawn(name, 0)) ** self._nearness(years)
        return value

    def level(self, lab: str, years: float) -> float:
        """The true value of a lab in its own unit, so many years before (below zero) the report."""
        model = self._physiology.labs[lab]
        if model.formula == CREATININE:
            return self.creatinine(self.state(FILTRATION, years), years)
        value = self._modelled(lab, model, years)
        told = self._told.get(lab)
        if told is not None:
            value *= (told / self._modelled(lab, model, 0)) ** self._nearness(years)
        return max(value, _LEAST)

    def creatinine(self, rate: float, years: float) -> float:
        """The creatinine of a filtration rate, in mg/dL."""
        age = Decimal(self._age + years)
        if age < ADULT_FROM:
            return float(childs_creatinine_for(Decimal(rate), Decimal(self.height(years))))
        return float(creatinine_for(Decimal(rate), age, self._sex))

    def filtration_rate(self, creatinine: float, years: float) -> float:
        """The rate that a laboratory computes from a creatinine in mg/dL."""
        age = Decimal(self._age + years)
        if age < ADULT_FROM:
            # The children's equation is its own inverse.
            return float(childs_creatinine_for(Decimal(creatinine), Decimal(self.height(years))))
        return float(rate_of(Decimal(creatinine), age, self._sex))

    def _drawn(self, name: str, years: float) -> float:
        course = self._courses.get(name)
        if course is not None:
            return course.at(years)
        return self._physiology.states[name].usual.at(self._age + years) * self._own_states[name]

    def _modelled(self, lab: str, model: LabModel, years: float) -> float:
        value = model.usual.at(self._age + years) * self._own_labs[lab] if model.usual is not None else 0.0
        for effect in model.effects:
            strength = effect.points.at(self.state(effect.of, years))
            value = value * strength if effect.multiplies else value + strength
        return max(value, _LEAST)

    def _nearness(self, years: float) -> float:
        """0 where the record begins, 1 at the report: what is told of today grows into being."""
        return max(0.0, 1 + years / self._physiology.years)
