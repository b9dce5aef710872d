"""While the database is away nobody knows what a reader was told, and that is said."""

from cds_service.audit.answered import Before
from cds_service.audit.memory import Memory
from cds_service.audit.record import Arrival
from cds_service.audit.store import Store
from tests.audit.absence import Absence
from tests.conftest import NOON

ARRIVAL = Arrival(NOON, NOON, "tests", "", lambda: 0)


def test_a_reader_counts_as_told_nothing_while_nobody_knows(store: Store, absence: Absence) -> None:
    memory = Memory(store, lambda _: "reader", 24)
    assert memory.of("service", "user", "patient", ARRIVAL, "call") == Before("reader")
    absence.begin()
    assert memory.of("service", "user", "patient", ARRIVAL, "call") == Before("reader", away=True)
    absence.end()


def test_who_remembers_nothing_asks_nobody(store: Store, absence: Absence) -> None:
    absence.begin()
    assert Memory(store, lambda _: "reader", 0).of("service", "user", "patient", ARRIVAL, "call") == Before()
    absence.end()
