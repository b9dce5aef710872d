"""Who looks at the pages, and what each may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cds_service.errors import StartError
from cds_service.settings import PREFIX

_LONGEST_NAME = 80
_NAMES = ("name", "preferred_username", "email")
_LONGEST_SUBJECT = 255


class Role(StrEnum):
    """What a person may do. A person may have several; none includes another.

    A reader sees figures and rules, and a call whose page they were led to; an auditor every call, and may take records
    out; an editor may switch rules and clients off and on, and replay.
    """

    READER = "reader"
    AUDITOR = "auditor"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: the name that the record of looks keeps, and what this person may do.

    The name ends with the subject and its issuer in brackets, which nobody can choose; what stands before them is for
    reading only.
    """

    name: str
    roles: frozenset[Role]

    @property
    def called(self) -> str:
        """The name without what proves it."""
        return self.name.partition(" (")[0]


LOCAL = Person("local", frozenset(Role))
"""The one user of the demo."""


@dataclass(frozen=True, slots=True)
class RoleNames:
    """What the provider calls the roles.

    Attributes:
        claim: of the ID token: a name, or names separated by dots that lead into it.
        pairs: a role, and what it is called there; both may come more than once.
    """

    claim: str
    pairs: tuple[tuple[Role, str], ...]

    def of(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """The roles that a token's claims give; a claim that is absent or of another form gives none."""
        found = _claim(claims, self.claim)
        given = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return frozenset(role for role, name in self.pairs if name in given)

    def called(self, role: Role) -> str:
        """What a role is called there."""
        return " or ".join(name for own, name in self.pairs if own is role)


def read_role_names(claim: str, text: str) -> RoleNames:
    """The names of the roles as the settings give them: `reader=cds-readers,auditor=cds-audit`.

    Raises:
        StartError: it is written otherwise, or a role has no name.
    """
    parts = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    roles = {role.value: role for role in Role}
    pairs = tuple((roles[own], name) for own, _, name in parts if own in roles and name)
    if not claim or len(pairs) < len(parts) or {role for role, _ in pairs} != set(Role):
        raise StartError(
            f"{PREFIX}OIDC_ROLES must name each role as the provider does, "
            "as in reader=cds-readers,auditor=cds-audit,editor=cds-edit, "
            f"and {PREFIX}OIDC_ROLES_CLAIM the claim that holds them."
        )
    return RoleNames(claim, pairs)


def named(claims: Mapping[str, Any], issuer: str) -> str:
    """The name for the record: the claims' own, and in brackets the subject at its issuer; empty without a subject."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        return ""
    said = next((claims[name] for name in _NAMES if isinstance(claims.get(name), str) and claims[name].strip()), "")
    # Whoever chooses a name at the provider must not be able to write the brackets of somebody else into it.
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    shown = shown.replace("(", "[").replace(")", "]")[:_LONGEST_NAME].strip() or subject
    return f"{shown} ({subject} at {issuer})"


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
