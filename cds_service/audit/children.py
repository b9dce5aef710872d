"""What is made from a call's record beside its row: which cards it sent, and what they told which reader."""

from collections.abc import Mapping
from typing import Any

from cds_service.audit.chain import Children

COLUMNS = {"cards": ("card_uuid",), "answered": ("reader", "digest")}
"""The columns that a link covers, by table."""


def made_from(body: Mapping[str, Any]) -> Children:
    """The rows of `cards` and `answered` for a call with this body, without `call_seq`."""
    shown = tuple({"card_uuid": card["uuid"]} for card in body.get("cards", ()) if "uuid" in card)
    told = body.get("answered", {})
    answered = tuple({"reader": told["reader"], "digest": digest} for digest in told.get("digests", ()))
    return (("cards", shown), ("answered", answered))
