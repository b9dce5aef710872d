"""Puts an installation together: the one place that opens files, the database, the clock, and makes ids."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Flask

from cds_service.answer import Answer, Setting, answer, call_id_of
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.memory import Memory
from cds_service.audit.record import Arrival
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.audit.spool import Spool, make_folder
from cds_service.audit.store import Store
from cds_service.audit.token_memory import TokenMemory, open_here
from cds_service.audit.writer import Writer
from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content, read_documents
from cds_service.core.explanation import explain
from cds_service.fetching import Fetching
from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall, read_call
from cds_service.hooks import SERVICES, offered
from cds_service.hooks.service import Service
from cds_service.housekeeping import Housekeeping, Task
from cds_service.security.clients import Client, Reading, read_clients, sandbox_client
from cds_service.security.gate import Gate
from cds_service.security.origins import demo_fhir_servers
from cds_service.security.patient_key import patient_key
from cds_service.security.profiles import audience_bases, require_safe_start
from cds_service.security.secret_file import read_secret
from cds_service.settings import Settings, from_environment
from cds_service.web.application import assemble
from cds_service.web.installation import Installation, Offer
from cds_service.web.sample import sample_hook, sample_request

_MOVED_AT_ONCE = 2000
"""Records that are moved from the spool before the other tasks get their turn."""


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """A new random UUID."""
    return str(uuid4())


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] = utc_now,
    ids: Callable[[], str] = random_id,
    stopwatch: Callable[[], int] = time.perf_counter_ns,
) -> Flask:
    """An installation that is ready to answer.

    Args:
        settings: of the installation; read from the environment when none are given.
        clock: the present moment, with its time zone.
        ids: a new random UUID at each call.
        stopwatch: nanoseconds that only ever go up.

    Raises:
        StartError: the installation must not start as it is set.
        ContentError: rules or wording cannot be used; carries every problem found.
    """
    settings = _safe(settings or from_environment(os.environ))
    clients = open_clients(settings, stopwatch)
    setting = _setting(settings)
    store, seen = open_stores(settings, clock, ids)
    store.put_content(setting.content.version, setting.content.snapshot)
    app = assemble(
        Installation(
            settings=settings,
            offers=_offers(settings, setting, store, stopwatch),
            store=store,
            gate=_gate(settings, clients, seen, clock),
            content_version=setting.content.version,
            sample=_warmed_up(setting, clock()),
            documents=own_documents(settings),
            explain=explain,
            clock=clock,
            stopwatch=stopwatch,
            new_id=ids,
        )
    )
    app.extensions |= {"store": store, "housekeeping": Housekeeping(_tasks(store))}
    return app


def _safe(settings: Settings) -> Settings:
    require_safe_start(settings)
    return settings


def open_content(settings: Settings) -> Content:
    """The rules and wording that the settings point at, or those that came with the program.

    Raises:
        ContentError: they cannot be used; carries every problem found.
    """
    return load_content(settings.rules_dir or default_content()[0], settings.cards_dir or default_content()[1])


def open_access(settings: Settings, stopwatch: Callable[[], int]) -> FhirAccess:
    """The way to the clients' FHIR servers; nothing is opened yet."""
    limits = AccessLimits(
        deadline_ms=settings.fhir_deadline_ms, call_timeout_ms=settings.fhir_call_timeout_ms, calls=settings.threads
    )
    authorities = os.environ.get("REQUESTS_CA_BUNDLE", "")
    return FhirAccess(limits, stopwatch, production=settings.profile == "production", ca_bundle=authorities)


def own_documents(settings: Settings) -> dict[str, str]:
    """The documents that came with the program, with the installation's own reverse domain in them."""
    usual = Settings().hook_domain
    return {name: text.replace(usual, settings.hook_domain) for name, text in read_documents().items()}


def open_store(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    ids: Callable[[], str] = random_id,
    *,
    serving: bool = False,
) -> Store:
    """The audit store in the database that the settings name.

    Args:
        settings: of the installation.
        clock: the present moment, with its time zone.
        ids: a new random UUID at each call.
        serving: whether callers wait for it, so that no statement may take long.

    Raises:
        StartError: the database cannot be used.
    """
    engine = open_engine(settings.database_url, settings.sqlite_synchronous, serving=serving)
    tables.create(engine)
    key = read_secret(settings.audit_key_file, "audit_key_file", make=settings.profile == "demo")
    return Store(engine, Writer(engine, key, clock, ids, Spool(settings.spool_dir)), clock)


def open_stores(
    settings: Settings, clock: Callable[[], datetime] = utc_now, ids: Callable[[], str] = random_id
) -> tuple[Store, TokenMemory]:
    """What a service needs: the audit store, a folder for its spool, and the tokens that were used.

    Raises:
        StartError: the database or the folder of the spool cannot be used.
    """
    make_folder(settings.spool_dir)
    store = open_store(settings, clock, ids, serving=True)
    there = SeenTokens(store.writer.engine, clock, store.writer.outage)
    return store, TokenMemory(there, SeenTokens(open_here(settings.spool_dir), clock))


def _tasks(store: Store) -> list[Task]:
    """What a process does beside its calls."""
    return [
        Task("records that wait in the spool", 1, lambda: store.writer.move_waiting(_MOVED_AT_ONCE)),
        Task("records that were left in the spool", 5, lambda: store.writer.move_left_behind(_MOVED_AT_ONCE)),
    ]


def open_clients(settings: Settings, stopwatch: Callable[[], int]) -> tuple[Client, ...]:
    """The clients of the settings file; in the demo the public sandbox, too.

    Raises:
        ContentError: the file cannot be used; carries every problem found.
    """
    production = settings.profile == "production"
    reading = Reading(production, tuple(SERVICES), stopwatch)
    named = read_clients(settings.clients_file, reading) if settings.clients_file else ()
    return named if production else (sandbox_client(demo_fhir_servers(settings)), *named)


def _setting(settings: Settings) -> Setting:
    secret = read_secret(settings.patient_key_file, "patient_key_file", make=settings.profile == "demo")
    pages = settings.public_url if settings.serves_pages else ""
    return Setting(open_content(settings), settings.hook_domain, pages, partial(patient_key, secret))


def _gate(settings: Settings, clients: Sequence[Client], seen: TokenMemory, clock: Callable[[], datetime]) -> Gate:
    return Gate(
        clients,
        audience_bases(settings),
        seen.first_use,
        clock,
        asks_everybody=settings.profile == "production",
        open_servers=demo_fhir_servers(settings),
    )


def _warmed_up(setting: Setting, now: datetime) -> dict[str, Any]:
    """The sample call, answered once, unrecorded: FHIR models are built when first used, and no caller should wait."""
    words = setting.content.words.common
    sample = sample_request(sample_hook(setting.domain), words.say("sample.exam"), words.say("sample.report"))
    arrival = Arrival(now, now, "start", "", lambda: 0)
    for service in SERVICES.values():
        if service.hook_name(setting.domain) == sample["hook"]:
            answer(service, read_call(sample, service.id, sample["hook"]), arrival, setting)
    return sample


def _offers(settings: Settings, setting: Setting, store: Store, stopwatch: Callable[[], int]) -> Mapping[str, Offer]:
    memory = Memory(store, setting.patient_key, settings.repeat_silence_hours)
    access = open_access(settings, stopwatch)
    services = offered(with_drafts=settings.draft_hooks == "on")
    return {service.id: _offer(service, setting, memory, access) for service in services.values()}


def _offer(service: Service, setting: Setting, memory: Memory, access: FhirAccess) -> Offer:
    fetching = Fetching(access, service, setting.content)

    def advise(call: HookCall, arrival: Arrival, servers: Sequence[FhirServer]) -> Answer:
        call = fetching.completed(call, arrival.as_of, servers, arrival.elapsed_us)
        call_id = str(call_id_of(call, arrival, setting.content))
        before = memory.of(service.id, call.user_id, call.patient_id, arrival, call_id)
        return answer(service, call, arrival, setting, before)

    return Offer(
        id=service.id,
        hook=service.hook_name(setting.domain),
        discovery=service.discovery(setting.domain, setting.content),
        advise=advise,
    )
