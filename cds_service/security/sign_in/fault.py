"""Why a sign-in came to nothing: for the operator's log. The person who tried learns only that it did."""

from enum import StrEnum


class Fault(StrEnum):
    """Every reason. None of them holds anything that the browser or the provider says."""

    NO_TICKET = "the browser did not bring the sign-in that it began, or began it more than ten minutes ago"
    STATE = "the state is not that of the sign-in that this browser began"
    USED = "the answer of the provider was used before"
    ISSUER = "the answer names another provider"
    DECLINED = "the provider declined"
    NO_CODE = "the answer holds no code"
    CODE = "the provider does not take the code, or sends no ID token for it"
    MALFORMED = "the ID token is no signed JWT of a usual size"
    ALGORITHM = "the ID token's algorithm is not allowed"
    KEY = "the provider has no such key"
    SIGNATURE = "the signature of the ID token is not the provider's"
    CLAIMS = "a claim of the ID token is missing, out of date, or not for this sign-in"
    SUBJECT = "the ID token names nobody"


class SignInRefused(Exception):
    """A sign-in that proves nothing."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class ProviderAway(Exception):
    """The provider cannot be asked now. The message is a class or a status, nothing that it wrote."""
