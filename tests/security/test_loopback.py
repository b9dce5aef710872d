"""The demo profile asks for no token, so it talks to its own machine only."""

import pytest

from cds_service.errors import StartError
from cds_service.security.loopback import host_name, is_loopback, require_safe_start
from cds_service.settings import Settings


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "localhost"])
def test_this_machine_is_recognised(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "0.0.0.0", "10.0.0.1", "::", "::ffff:10.0.0.1", "localhost.example.org", "a"])
def test_any_other_machine_is_not(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:8080", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("Evil.example:80", "evil.example"),
    ],
)
def test_a_host_header_is_read_without_its_port(header: str, name: str) -> None:
    assert host_name(header) == name


def test_the_demo_profile_starts_on_loopback() -> None:
    require_safe_start(Settings(host="::1"))


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        (Settings(host="0.0.0.0"), "CALCIFICATION_CDS_HOST=127.0.0.1"),
        (Settings(host="10.1.2.3"), "CALCIFICATION_CDS_HOST=127.0.0.1"),
        (Settings(profile="production"), "CALCIFICATION_CDS_PROFILE=demo"),
    ],
)
def test_a_start_that_would_answer_strangers_is_refused_with_the_cure(settings: Settings, cure: str) -> None:
    with pytest.raises(StartError, match=cure):
        require_safe_start(settings)
