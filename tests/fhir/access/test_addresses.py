"""No name leads a token into a private network, unless the operator said so."""

import socket
from typing import Any

import pytest

from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.addresses import is_public
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer
from tests.fhir.access.errands import NOT_REACHABLE, PATIENT_QUERY, QUERIES, Stopwatch, call_to, ids, reasons
from tests.fhir.access.scripted import PATIENT, always, fhir


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("198.18.0.1", False),
        ("192.0.0.8", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("::10.0.0.1", False),
        ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2001:db8::1", False),
        ("localhost", False),
        ("", False),
    ],
)  # fmt: skip
def test_an_address_is_public_or_it_is_not(address: str, public: bool) -> None:
    assert is_public(address) is public


class Names:
    """A name service: each time it is asked, the next answer; all ports lead to one."""

    def __init__(self, port: int, *answers: list[str]) -> None:
        self.port = port
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, self.port)) for address in answer]


def _access(names: Names) -> FhirAccess:
    return FhirAccess(AccessLimits(), Stopwatch(), production=False, resolve=names)


def test_a_name_that_leads_to_a_private_address_is_not_asked() -> None:
    with always(fhir(PATIENT)) as server:
        access = _access(Names(server.port, ["127.0.0.1"]))
        servers = (FhirServer("http://fhir.example.org", "calcification"),)
        fetched = access.fetch(call_to("http://fhir.example.org/r4"), {**PATIENT_QUERY, **QUERIES}, servers, 0)
        access.close()
        assert server.connections == 0
    assert (fetched.resources, fetched.failed) == ({}, {})
    assert reasons(fetched) == "its name leads into a private network, so nothing was asked: patient, conditions"


def test_a_name_may_lead_to_a_private_address_where_the_operator_says_so() -> None:
    with always(fhir(PATIENT)) as server:
        names = Names(server.port, ["127.0.0.1"])
        access = _access(names)
        servers = (FhirServer("http://fhir.example.org", "calcification", private=True),)
        fetched = access.fetch(call_to("http://fhir.example.org/r4"), PATIENT_QUERY, servers, 0)
        access.close()
        assert server.heard[0].headers["host"] == "fhir.example.org"
    assert (ids(fetched, "patient"), names.asked) == (["p1"], ["fhir.example.org"])


def test_of_several_addresses_the_private_ones_are_not_tried() -> None:
    with always(fhir(PATIENT)) as server:

        def both(*_: Any, **__: Any) -> list[Any]:
            # Of the wrong family, so that the connection fails on this machine.
            public = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("8.8.8.8", server.port))
            return [public, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

        access = FhirAccess(AccessLimits(), Stopwatch(), production=False, resolve=both)
        servers = (FhirServer("http://fhir.example.org", "calcification"),)
        fetched = access.fetch(call_to("http://fhir.example.org/r4"), PATIENT_QUERY, servers, 0)
        access.close()
        assert server.connections == 0
    assert fetched.failed == {"patient": NOT_REACHABLE}


def test_a_kept_connection_serves_only_the_server_that_it_was_opened_for() -> None:
    with always(fhir(PATIENT)) as server:
        access = _access(Names(server.port, ["127.0.0.1"]))
        inside = (FhirServer("http://127.0.0.1", "calcification"),)
        outside = (FhirServer("http://fhir.example.org", "calcification"),)
        first = access.fetch(call_to("http://127.0.0.1/r4"), PATIENT_QUERY, inside, 0)
        second = access.fetch(call_to("http://fhir.example.org/r4"), PATIENT_QUERY, outside, 0)
        access.close()
        assert len(server.heard) == 1
    assert (ids(first, "patient"), second.resources) == (["p1"], {})


def test_a_name_without_address_is_not_reachable() -> None:
    def nowhere(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    access = FhirAccess(AccessLimits(), Stopwatch(), production=False, resolve=nowhere)
    servers = (FhirServer("http://fhir.example.org", "calcification"),)
    fetched = access.fetch(call_to("http://fhir.example.org/r4"), PATIENT_QUERY, servers, 0)
    access.close()
    assert fetched.failed == {"patient": NOT_REACHABLE}
