"""The demo profile asks for no token, so it talks to its own machine only."""

import pytest

from cds_service.security.loopback import host_name, is_loopback


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
