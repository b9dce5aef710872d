"""A life besides the story: the problems, procedures and drugs that anybody of that age may have in the chart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cds_service.synthetic.chance import Random
from cds_service.synthetic.story import Story, Told
from cds_service.synthetic.world import Common

_YEAR = 365.25
_TWO_FROM_AGE = 50.0
"""From this age on, in years, there are two of a kind where there are two."""


def with_everyday(story: Story, age: float, sex: str, dice: Random) -> Story:
    """The story with what people of this age and sex have besides; a problem only where none is told.

    Args:
        story: what is told; it stays as it is and comes first.
        age: in years, today.
        sex: "female" or "male".
        dice: of this patient.
    """
    common = story.world.everyday

    def added(told: tuple[Told, ...], kind: Sequence[Common]) -> tuple[Told, ...]:
        return (*told, *_drawn(told, kind, age, sex, dice))

    return replace(
        story,
        problems=story.problems or added((), common.problems),
        procedures=added(story.procedures, common.procedures),
        drugs=added(story.drugs, common.drugs),
    )


def _drawn(told: tuple[Told, ...], kind: Sequence[Common], age: float, sex: str, dice: Random) -> Iterator[Told]:
    known = {one.term.text for one in told}
    candidates = [one for one in kind if one.comes[0] <= age and one.sex in ("", sex) and one.term.text not in known]
    count = 2 if age >= _TWO_FROM_AGE else 1
    for one in dice.sample(candidates, min(count, len(candidates))):
        came = dice.uniform(one.comes[0], min(one.comes[1], age))
        yield Told(one.term, round((age - came) * _YEAR))
