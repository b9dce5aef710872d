"""Waiting for another process, and leaving it the processor that it needs to get there."""

from threading import Event

_MOMENT_S = 0.02


def a_moment() -> None:
    """Between two looks at whether something has come to pass; nothing may depend on how long it is."""
    Event().wait(_MOMENT_S)
