"""Who somebody is and may be, read from the provider's claims: what is not said gives no role."""

from typing import Any

import pytest

from cds_service.errors import StartError
from cds_service.security.sign_in.person import Role, named, read_role_names

ISSUER = "https://id.example.org"
NAMES = "reader=cds-read, auditor=cds-audit,editor=cds-edit,editor=cds-admin"


@pytest.mark.parametrize(
    ("claim", "claims", "roles"),
    [
        ("groups", {"groups": ["cds-read", "cds-edit"]}, {"reader", "editor"}),
        ("groups", {"groups": "cds-audit"}, {"auditor"}),
        ("groups", {"groups": ["cds-admin"]}, {"editor"}),
        ("realm_access.roles", {"realm_access": {"roles": ["cds-audit"]}}, {"auditor"}),
        ("https://example.org/roles", {"https://example.org/roles": ["cds-read"]}, {"reader"}),
        ("access.calcification-cds.roles", {"access": {"calcification-cds": {"roles": ["cds-edit"]}}}, {"editor"}),
        ("groups", {}, set()),
        ("groups", {"groups": []}, set()),
        ("groups", {"groups": None}, set()),
        ("groups", {"groups": {"cds-read": True}}, set()),
        ("groups", {"groups": ["reader", "CDS-READ", "cds-read ", 7, ["cds-read"], None]}, set()),
        ("groups", {"groups": "cds-read cds-audit"}, set()),
        ("groups", {"groups": "cds-read,cds-audit"}, set()),
        ("realm_access.roles", {"realm_access": ["cds-read"]}, set()),
        ("realm_access.roles", {"roles": ["cds-read"]}, set()),
    ],
)  # fmt: skip
def test_roles_come_from_the_claim_by_their_exact_names(claim: str, claims: Any, roles: set[str]) -> None:
    assert read_role_names(claim, NAMES).of(claims) == {Role(role) for role in roles}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reader",
        "reader=a,auditor=b",
        "reader=a,auditor=b,editor=",
        "reader=a,auditor=b,editor=c,chief=d",
        "Reader=a",
    ],
)
def test_a_role_without_a_name_is_told_at_start(text: str) -> None:
    with pytest.raises(StartError, match="CALCIFICATION_CDS_OIDC_ROLES"):
        read_role_names("roles", text)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"sub": "1", "name": "Ada Lovelace"}, "Ada Lovelace (1 at https://id.example.org)"),
        ({"sub": "1", "name": " ", "preferred_username": "ada"}, "ada (1 at https://id.example.org)"),
        ({"sub": "1", "email": "ada@example.org"}, "ada@example.org (1 at https://id.example.org)"),
        ({"sub": "1"}, "1 (1 at https://id.example.org)"),
        ({"sub": "1", "name": "Eve (2 at https://id.example.org)"}, "Eve [2 at https://id.example.org] (1 at https://id.example.org)"),
        ({"sub": "1", "name": "A\nd\u202ea\ud800"}, "A d a (1 at https://id.example.org)"),
        ({"sub": "1", "name": "x" * 500}, f"{'x' * 80} (1 at https://id.example.org)"),
        ({"sub": "1", "name": ["Ada"]}, "1 (1 at https://id.example.org)"),
        ({"name": "Ada"}, ""),
        ({"sub": ""}, ""),
        ({"sub": 1}, ""),
        ({"sub": "x" * 256}, ""),
        ({"sub": "1\n2"}, ""),
    ],
)  # fmt: skip
def test_the_name_on_record_ends_with_what_nobody_can_choose(claims: dict[str, Any], name: str) -> None:
    assert named(claims, ISSUER) == name
