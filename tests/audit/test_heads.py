"""Heads that are kept elsewhere show that all chains were cut off, or one made anew."""

import pytest
from sqlalchemy import Engine, text

from cds_service.audit import chain
from cds_service.audit.chain import Place, link_over
from cds_service.audit.heads import heads, read_heads
from cds_service.audit.verify import verify
from cds_service.errors import InvalidRequest
from tests.audit.chains import record_of, tamper, write_two_chains
from tests.audit.stores import KEY, store_on
from tests.conftest import NOON

NOW = "2026-01-01T12:00:00.000Z"
A, B = "writer = 'a1' AND number", "writer = 'b1' AND number"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The engine of a database with two interleaved chains."""
    write_two_chains(engine)
    return engine


def _cut_everything(engine: Engine) -> None:
    """Cut off the end of all chains, testimony included: from within the database it cannot be seen."""
    tamper(engine, [f"DELETE FROM witnesses WHERE {B} = 4", f"DELETE FROM calls WHERE {B} = 3 OR {A} = 8"])
    tamper(engine, ["DELETE FROM cards WHERE card_uuid IN ('card-d', 'card-g')"])
    tamper(engine, ["DELETE FROM answered WHERE digest IN ('d-1', 'd-2', 'g-1', 'g-2')"])


def test_the_end_of_all_chains_is_missed_by_heads_that_were_kept_elsewhere(engine: Engine) -> None:
    kept = list(heads(engine, KEY, NOW))
    assert verify(engine, KEY, read_heads(KEY, kept, "heads")).findings == ()
    _cut_everything(engine)
    assert verify(engine, KEY).findings == ()
    wrong = [str(finding) for finding in verify(engine, KEY, read_heads(KEY, kept, "heads")).findings]
    cut = f"the chain is cut off: it ends at entry {{}}, and the head kept {NOW} says that it had come to "
    assert wrong == [f"a1/8: {cut.format(7)}8", f"b1/4: {cut.format(2)}4"]


def test_a_chain_that_grew_on_still_fits_its_older_head(engine: Engine) -> None:
    kept = list(heads(engine, KEY, NOW))
    store_on(engine, NOON, "c").append(record_of("later"))
    assert verify(engine, KEY, read_heads(KEY, kept, "heads")).findings == ()


def test_a_chain_that_was_written_anew_differs_from_its_head(engine: Engine) -> None:
    kept = list(heads(engine, KEY, NOW))
    with engine.connect() as connection:
        row = connection.execute(text(f"SELECT * FROM calls WHERE {A} = 8")).one()
        before = connection.scalar(text(f"SELECT link FROM switches WHERE {A} = 7"))
    values = {name: getattr(row, name) for name in chain.COLUMNS["calls"]} | {"client": "other"}
    made = (
        ("cards", ({"card_uuid": "card-d"},)),
        ("answered", tuple({"reader": "r", "digest": f"d-{n}"} for n in (1, 2))),
    )
    link = link_over(KEY, before, Place("calls", "a1", 8), values.values(), made)
    tamper(engine, [f"UPDATE calls SET client = 'other', link = :link WHERE {A} = 8"], link=link)
    tamper(engine, [f"DELETE FROM witnesses WHERE {B} = 4"])
    wrong = [str(finding) for finding in verify(engine, KEY, read_heads(KEY, kept, "heads")).findings]
    assert any("a1/8: has another link now than the head kept" in finding for finding in wrong), wrong


@pytest.mark.parametrize(
    "line", ["{}", "no json", "[]", '{"writer": "a1", "number": 1, "link": "", "signature": "00"}']
)
def test_a_head_that_was_not_signed_here_is_refused_with_its_line(line: str, engine: Engine) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_heads(KEY, [*heads(engine, KEY, NOW), line], "heads.jsonl")
    assert "heads.jsonl:3: this line was not signed" in refused.value.diagnostics
