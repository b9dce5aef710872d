"""Where chance comes from: a generator that its seed determines, in every process and on every machine."""

from random import Random  # noqa: TID251  # seeded by `chance` only, so that the same seed gives the same patients

__all__ = ["Random", "chance"]


def chance(*seed: str | int) -> Random:
    """A generator of its own for these words and numbers: a patient's draws do not move another's."""
    return Random("/".join(map(str, seed)))
