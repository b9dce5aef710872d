"""The clients of an installation: who may call, and how each proves it. Read from one YAML file at start.

The file's keys are those of schemas/clients.schema.json. What is wrong with it is told all at once, with line and cure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Path_, Source, read_source
from cds_service.errors import ContentError, Problem
from cds_service.fhir.access.servers import FhirServer
from cds_service.origins import is_origin
from cds_service.security import sandbox
from cds_service.security.json_fetch import fetch_json
from cds_service.security.key_sources import FetchedKeys, FixedKeys, KeySource
from cds_service.security.keys import KeySet, PublicKey, UnusableKey, read_key

DEFAULT_ALGORITHMS = frozenset({"ES384", "RS384"})
_SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True, slots=True)
class Client:
    """One EHR or reporting system.

    Attributes:
        id: stands in the audit record.
        name: for people.
        issuer: the `iss` of its tokens.
        jku: the only `jku` that its tokens may carry; empty for none.
        keys: finds its public keys.
        algorithms: that it may sign with.
        audiences: accepted beside the endpoint's own URL.
        tenants: the `tenant` must be one of them; None for whatever it says.
        services: ids of the services that it may call; None for all.
        fhir_servers: that may be asked for it.
    """

    id: str
    name: str
    issuer: str
    jku: str
    keys: KeySource
    algorithms: frozenset[str] = DEFAULT_ALGORITHMS
    audiences: frozenset[str] = frozenset()
    tenants: frozenset[str] | None = None
    services: frozenset[str] | None = None
    fhir_servers: tuple[FhirServer, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a client settings file is read with.

    Attributes:
        production: refuse the public sandbox, and key sets that do not come over https.
        services: ids of the CDS services that this program has.
        stopwatch: nanoseconds that only ever go up.
        fetch: the parsed JWK Set at a URL.
    """

    production: bool
    services: Collection[str]
    stopwatch: Callable[[], int]
    fetch: Callable[[str], object] = fetch_json


def read_clients(path: Path, reading: Reading) -> tuple[Client, ...]:
    """The clients in a settings file.

    Raises:
        ContentError: the file cannot be used; carries every problem found.
    """
    source = read_source(path, path.name)
    problems = Schemas((_SCHEMAS,)).problems("clients", source)
    if problems:
        raise ContentError(problems)
    entries = source.data["clients"]
    problems = [*_repeated(source, entries, "id"), *_repeated(source, entries, "iss")]
    found = []
    for index, entry in enumerate(entries):
        at = ("clients", index)
        problems += _misfits(source, at, entry, reading)
        keys = _key_source(source, at, entry, path.parent, reading, problems)
        found.append(_client(entry, keys))
    if problems:
        raise ContentError(problems)
    return tuple(found)


def sandbox_client(fhir_servers: tuple[FhirServer, ...] = ()) -> Client:
    """The public sandbox, for the demo profile, with the FHIR servers that may be asked for it."""
    key = read_key(sandbox.KEY, open_keys=True)
    fixed = FixedKeys({(key.kid, key.kind): key})
    return Client(
        "cds-hooks-sandbox",
        "The public CDS Hooks sandbox",
        sandbox.ISSUER,
        sandbox.JKU,
        fixed,
        fhir_servers=fhir_servers,
    )


def _client(entry: Mapping[str, Any], keys: KeySource) -> Client:
    return Client(
        id=entry["id"],
        name=entry["name"],
        issuer=entry["iss"],
        jku=entry.get("jku", ""),
        keys=keys,
        algorithms=frozenset(entry.get("algorithms", DEFAULT_ALGORITHMS)),
        audiences=frozenset(entry.get("audiences", ())),
        tenants=frozenset(entry["tenants"]) if "tenants" in entry else None,
        services=frozenset(entry["services"]) if "services" in entry else None,
        fhir_servers=tuple(FhirServer(**server) for server in entry.get("fhir_servers", ())),
    )


def _repeated(source: Source, entries: Iterable[Mapping[str, Any]], key: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        first = seen.setdefault(entry[key], index)
        if first != index:
            cure = f"Give each client its own (the first is on line {source.line(('clients', first, key))})."
            yield source.problem(("clients", index, key), "stands for two clients.", cure)


def _misfits(source: Source, at: Path_, entry: Mapping[str, Any], reading: Reading) -> Iterator[Problem]:
    """What no schema can say of one client."""
    for index, service in enumerate(entry.get("services", ())):
        if service not in reading.services:
            cure = f"Use one of: {', '.join(sorted(reading.services))}."
            yield source.problem((*at, "services", index), "is no CDS service of this program.", cure)
    for index, server in enumerate(entry.get("fhir_servers", ())):
        place = (*at, "fhir_servers", index, "origin")
        if not is_origin(server["origin"]):
            cure = "Write scheme, host and port only, such as https://fhir.example.org, in lower case."
            yield source.problem(place, "is no exact origin.", cure)
        elif reading.production and not server["origin"].startswith("https://"):
            yield source.problem(place, "is not https, which production needs.", "Use the https address.")
    if not reading.production:
        return
    jku = entry.get("jku", "")
    if jku and not jku.startswith("https://"):
        yield source.problem((*at, "jku"), "is not https, which production needs.", "Use the https address.")
    if _host(jku) == sandbox.HOST or _host(entry["iss"]) == sandbox.HOST:
        cure = "Remove this client: anybody can sign as the sandbox. It is for the demo profile."
        yield source.problem(at, "is the public CDS Hooks sandbox.", cure)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _key_source(
    source: Source, at: Path_, entry: Mapping[str, Any], folder: Path, reading: Reading, problems: list[Problem]
) -> KeySource:
    if "keys" in entry:
        return FixedKeys(_fixed(source, (*at, "keys"), entry["keys"], reading, problems))
    if "keys_file" not in entry:
        fetch = partial(reading.fetch, entry["jku"])
        return FetchedKeys(fetch, reading.stopwatch, open_keys=not reading.production, name=entry["id"])
    file = folder / entry["keys_file"]
    try:
        listed = read_source(file, file.name)
    except ContentError as error:
        problems += error.problems
        return FixedKeys({})
    jwks = listed.data.get("keys") if isinstance(listed.data, Mapping) else None
    return FixedKeys(_fixed(listed, ("keys",), jwks, reading, problems))


def _fixed(source: Source, at: Path_, jwks: object, reading: Reading, problems: list[Problem]) -> KeySet:
    """The keys of one client; here, unlike in a fetched set, each that cannot be used is a complaint."""
    if not isinstance(jwks, list) or not jwks:
        problems.append(source.problem((), "is no JWK Set.", "Give an object with an array `keys`."))
        return {}
    found: dict[tuple[str, str], PublicKey] = {}
    for index, jwk in enumerate(jwks):
        try:
            key = read_key(jwk, open_keys=not reading.production)
        except UnusableKey as error:
            cure = "Ask the client for a public JWK with a kid, of type EC or RSA."
            problems.append(source.problem((*at, index), str(error), cure))
            continue
        if found.setdefault((key.kid, key.kind), key) is not key:
            problems.append(source.problem((*at, index), "has the kid of another key.", "Keep one of them."))
    return found
