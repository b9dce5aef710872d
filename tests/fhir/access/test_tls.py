"""Over https: only a server that proves its name hears the token, and what is broken off stays broken off."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fhir.access.errands import BEYOND_MS, BOTH, NOT_REACHABLE, PATIENT_QUERY, Asker, call_to, ids
from tests.fhir.access.scripted import PATIENT, WAITS_S, Heard, fhir, http, scripted


def _certificate(folder: Path, address: str) -> Path:
    """A file with a certificate for an address, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)  # noqa: TID251 -- the other side of a TLS connection has the clock of this machine
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{address}.pem"
    path.write_bytes(key.private_bytes(encoding, *plain) + built.public_bytes(encoding))
    return path


def _server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_server_that_proves_its_name_is_asked_and_its_connection_kept(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, "127.0.0.1")
    with (
        scripted(lambda _: [fhir(PATIENT)], _server_side(certificate)) as server,
        Asker(server.origin, ca_bundle=str(certificate)) as asker,
    ):
        for _ in range(3):
            assert ids(asker.fetch(call_to(server.base), PATIENT_QUERY), "patient") == ["p1"]
        assert server.connections == 1


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_server_that_does_not_prove_its_name_hears_nothing(address: str, trusted: bool, tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, address)
    with (
        scripted(lambda _: [fhir(PATIENT)], _server_side(certificate)) as server,
        Asker(server.origin, ca_bundle=str(certificate) if trusted else "") as asker,
    ):
        assert asker.fetch(call_to(server.base), PATIENT_QUERY).failed == {"patient": NOT_REACHABLE}
        assert server.heard == []


def test_a_server_that_is_slow_over_tls_is_broken_off_too(tmp_path: Path) -> None:
    held, gone = Event(), Event()

    def script(heard: Heard) -> Iterator[bytes]:
        if "Condition" in heard.target:
            held.set()
            heard.until_the_client_ends()
            gone.set()
        else:
            held.wait(WAITS_S)
            asker.stopwatch.jump(BEYOND_MS)
            yield http(500)

    certificate = _certificate(tmp_path, "127.0.0.1")
    with (
        scripted(script, _server_side(certificate)) as server,
        Asker(server.origin, ca_bundle=str(certificate)) as asker,
    ):
        fetched = asker.fetch(call_to(server.base), BOTH)
        assert gone.wait(WAITS_S)
    assert fetched.failed["conditions"] is NOT_REACHABLE
