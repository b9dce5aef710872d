"""The cards: what they say, as values that know nothing of JSON or FHIR."""

from cds_service.core.cards.card import SUMMARY_LENGTH, Card, Seen, Source, Speaker
from cds_service.core.cards.choice import card_of
from cds_service.core.cards.differential import differential_list
from cds_service.core.cards.manner import Manner
from cds_service.core.cards.must_not_miss import must_not_miss_card

__all__ = [
    "SUMMARY_LENGTH",
    "Card",
    "Manner",
    "Seen",
    "Source",
    "Speaker",
    "card_of",
    "differential_list",
    "must_not_miss_card",
]
