"""How a CDS service speaks: what its hook's moment asks for."""

from enum import StrEnum


class Manner(StrEnum):
    """The moments at which a service is called.

    Signing, assisting and viewing speak of one report with the differential and, where there is one, the must-not-miss
    card. A chart that is opened gets one card on its newest imaging; an order that is signed, the missing tests.
    """

    SIGNING = "a report is signed"
    ASSISTING = "help with a report is asked for"
    VIEWING = "a report is viewed"
    OPENING = "a chart is opened"
    ORDERING = "an order is signed"

    @property
    def edits(self) -> bool:
        """Whether the user is writing the report, so that a card may offer to add to it."""
        return self in (Manner.SIGNING, Manner.ASSISTING)

    @property
    def speaks_once(self) -> bool:
        """Whether one card speaks for everything that was read."""
        return self in (Manner.OPENING, Manner.ORDERING)
