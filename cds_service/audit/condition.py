"""Whether a call's record could be kept now, and where."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.spool import SpoolState
from cds_service.audit.writer import Writer
from cds_service.errors import DatabaseAway, RecordNotKept

_TRIAL = insert(schema.cards).values(card_uuid="trial", call_seq=0)
_NEITHER = "A call's record cannot be kept now."


class Place(StrEnum):
    """Where a record goes."""

    DATABASE = "database"
    SPOOLING = "spooling"


@dataclass(frozen=True, slots=True)
class Condition:
    """How the audit store is.

    Attributes:
        place: where a record would be kept now.
        spool: what lies in the spool, of every process on this machine.
        spool_writable: whether a record could be kept there if the database were away.
    """

    place: Place
    spool: SpoolState
    spool_writable: bool


def condition_of(writer: Writer) -> Condition:
    """How the audit store is now: a write is tried, and taken back.

    Args:
        writer: of this process.

    Raises:
        RecordNotKept: a call's record could not be kept now.
    """
    writable = _spool_writable(writer)
    place = Place.DATABASE
    try:
        with writer.outage.asking(), writer.engine.connect() as connection:
            connection.execute(_TRIAL)
            connection.rollback()
    except DatabaseAway as error:
        if not writable:
            raise RecordNotKept(_NEITHER) from error
        place = Place.SPOOLING
    except SQLAlchemyError as error:
        raise RecordNotKept(_NEITHER) from error
    return Condition(place, SpoolState(0, ()) if writer.spool is None else writer.spool.state(), writable)


def _spool_writable(writer: Writer) -> bool:
    if writer.spool is None:
        return False
    try:
        writer.spool.require_writable()
    except OSError:
        return False
    return True
