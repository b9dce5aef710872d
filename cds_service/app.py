"""Puts an installation together: the one place that opens files, the database, the clock, and makes ids."""

import hmac
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask

from cds_service.answer import Answer, Setting, answer, call_id_of
from cds_service.audit.console.console import Console
from cds_service.audit.contents import Contents
from cds_service.audit.engine import open_engine
from cds_service.audit.memory import Memory
from cds_service.audit.opened import Audit, open_audit, open_index
from cds_service.audit.record import Arrival
from cds_service.audit.rule_figures import figures_of_rule
from cds_service.audit.spool import Spool, make_folder
from cds_service.audit.store import Store
from cds_service.audit.switchboard import Switchboard
from cds_service.audit.switches import Off, Switches
from cds_service.audit.tasks import tasks_of
from cds_service.audit.token_memory import TokenMemory, open_token_memory
from cds_service.content.cases import CaseVerdict, judge_cases
from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content, read_documents
from cds_service.content.schemas import Schemas
from cds_service.core.explanation import explain
from cds_service.export.disguise import DeIdentified
from cds_service.export.run import Source
from cds_service.fetching import Fetching
from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall, read_call
from cds_service.hooks import SERVICES, offered
from cds_service.hooks.service import Service
from cds_service.housekeeping import Housekeeping
from cds_service.security.clients import Client, Reading, read_clients, sandbox_client
from cds_service.security.gate import Gate
from cds_service.security.origins import demo_fhir_servers
from cds_service.security.patient_key import patient_key
from cds_service.security.profiles import audience_bases, require_safe_start
from cds_service.security.report_texts import NONCE_BYTES, read_report_texts
from cds_service.security.secret_file import read_secret
from cds_service.security.sign_in.people import open_people
from cds_service.settings import Settings, from_environment
from cds_service.switching import Switching, subjects
from cds_service.web.application import assemble
from cds_service.web.installation import ConsoleSetting, Installation, Offer, Rulebook
from cds_service.web.sample import sample_hook, sample_request
from cds_service.web.sandbox.opened import open_sandbox
from cds_service.web.source_attributes import PATH as SOURCE_ATTRIBUTES


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """A new random UUID."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class World:
    """What comes from outside the program: the present moment, random ids, and nanoseconds that only ever go up."""

    clock: Callable[[], datetime] = utc_now
    ids: Callable[[], str] = random_id
    stopwatch: Callable[[], int] = time.perf_counter_ns


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
    settings = settings or from_environment(os.environ)
    require_safe_start(settings)
    world = World(clock, ids, stopwatch)
    clients, setting = open_clients(settings, stopwatch), _setting(settings)
    make_folder(settings.spool_dir)
    audit = open_records(settings, world, serving=True)
    audit.store.put_content(setting.content.version, setting.content.snapshot)
    app = assemble(_installation(settings, setting, clients, audit, world))
    app.extensions["housekeeping"] = Housekeeping(tasks_of(audit.writer, open_index(settings), clock))
    return app


def _installation(
    settings: Settings, setting: Setting, clients: Sequence[Client], audit: Audit, world: World
) -> Installation:
    return Installation(
        settings=settings,
        offers=_offers(settings, setting, audit.store, audit.switches.off, world.stopwatch),
        store=audit.store,
        looks=audit.looks,
        gate=_gate(settings, clients, open_token_memory(audit.seen, settings.spool_dir, world.clock), world.clock),
        people=open_people(settings, audit.seen, world.clock, world.stopwatch),
        content_version=setting.content.version,
        rulebook=_rulebook(settings, setting.content, audit.store),
        sample=_warmed_up(setting, world.clock()),
        report_texts=read_report_texts(settings, partial(os.urandom, NONCE_BYTES)),
        documents=own_documents(settings),
        explain=explain,
        switchboard=_switchboard(settings, setting.content, clients, audit.switches),
        clock=world.clock,
        stopwatch=world.stopwatch,
        records=Source(audit.store, audit.stream),
        disguise=DeIdentified(_export_key(settings)),
        new_id=world.ids,
        console=_console(settings, setting),
        sandbox=open_sandbox(settings, setting.content, _export_key(settings), world.clock()),
    )


def open_content(settings: Settings) -> Content:
    """The rules and wording that the settings point at, or those that came with the program.

    Raises:
        ContentError: they cannot be used; carries every problem found.
    """
    return load_content(*_content_folders(settings))


def _content_folders(settings: Settings) -> tuple[Path, Path]:
    return settings.rules_dir or default_content()[0], settings.cards_dir or default_content()[1]


def _rulebook(settings: Settings, content: Content, store: Store) -> Rulebook:
    cases = cache(partial(_judged_cases, settings, content))
    return Rulebook(content, Contents(store.reading), cases, partial(figures_of_rule, store.reading))


def _judged_cases(settings: Settings, content: Content) -> tuple[CaseVerdict, ...]:
    rules, cards = _content_folders(settings)
    return tuple(judge_cases(content, rules, Schemas((rules / "schema", cards / "schema"))))


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


def open_records(settings: Settings, world: World | None = None, *, serving: bool = False) -> Audit:
    """The audit record in the database that the settings name.

    Args:
        settings: of the installation.
        world: what comes from outside the program.
        serving: whether callers wait for it, so that no statement may take long.

    Raises:
        StartError: the database, or the audit key, cannot be used.
        RecordNotKept: the switches cannot be read.
    """
    world = world or World()
    key = read_secret(settings.audit_key_file, "audit_key_file", make=settings.profile == "demo")
    return open_audit(
        settings.database_url,
        settings.sqlite_synchronous,
        key,
        world.clock,
        world.ids,
        world.stopwatch,
        Spool(settings.spool_dir),
        serving=serving,
    )


def open_switchboard(settings: Settings) -> Switchboard:
    """The switches of an installation, for a command that sets them.

    Raises:
        StartError: the database cannot be used.
        ContentError: rules, wording or clients cannot be used; carries every problem found.
    """
    clients = open_clients(settings, time.perf_counter_ns)
    return _switchboard(settings, open_content(settings), clients, open_records(settings).switches)


def _switchboard(settings: Settings, content: Content, clients: Sequence[Client], switches: Switches) -> Switchboard:
    services = offered(with_drafts=settings.draft_hooks == "on").values()
    return Switchboard(switches, subjects(content, clients, services, demo=settings.profile == "demo"))


def open_clients(settings: Settings, stopwatch: Callable[[], int]) -> tuple[Client, ...]:
    """The clients of the settings file; in the demo the public sandbox, too.

    Raises:
        ContentError: the file cannot be used; carries every problem found.
    """
    production = settings.profile == "production"
    reading = Reading(production, tuple(SERVICES), stopwatch)
    named = read_clients(settings.clients_file, reading) if settings.clients_file else ()
    return named if production else (sandbox_client(demo_fhir_servers(settings)), *named)


def _export_key(settings: Settings) -> bytes:
    """The key of the pseudonyms that the read API gives: the same at each call, and no other use of the audit key."""
    key = read_secret(settings.audit_key_file, "audit_key_file", make=settings.profile == "demo")
    return hmac.digest(key, b"export", "sha256")


def _setting(settings: Settings) -> Setting:
    secret = read_secret(settings.patient_key_file, "patient_key_file", make=settings.profile == "demo")
    pages = settings.public_url if settings.serves_pages else ""
    sources = f"{settings.public_url}{SOURCE_ATTRIBUTES}"
    return Setting(open_content(settings), settings.hook_domain, pages, partial(patient_key, secret), sources)


def _console(settings: Settings, setting: Setting) -> ConsoleSetting:
    """The console over the same database, with connections of its own: no call waits for a page to be counted."""
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    reasons = setting.content.words.common.get("override_reasons")
    names = {reason["code"]: reason["display"] for reason in reasons}
    return ConsoleSetting(Console(engine), setting.patient_key, names)


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


def _offers(
    settings: Settings, setting: Setting, store: Store, off: Callable[[], Off], stopwatch: Callable[[], int]
) -> Mapping[str, Offer]:
    memory = Memory(store, setting.patient_key, settings.repeat_silence_hours)
    access = open_access(settings, stopwatch)
    switching = Switching(setting.content, off)
    services = offered(with_drafts=settings.draft_hooks == "on")
    return {service.id: _offer(service, setting, memory, access, switching) for service in services.values()}


def _offer(service: Service, setting: Setting, memory: Memory, access: FhirAccess, switching: Switching) -> Offer:
    def advise(call: HookCall, arrival: Arrival, servers: Sequence[FhirServer]) -> Answer:
        there = switching.applied(service, arrival)
        fetching = Fetching(access, there.service, there.content)
        call = fetching.completed(call, arrival.as_of, servers, arrival.elapsed_us)
        call_id = str(call_id_of(call, there.arrival, there.content))
        before = memory.of(service.id, call.user_id, call.patient_id, arrival, call_id)
        return answer(there.service, call, there.arrival, replace(setting, content=there.content), before)

    return Offer(
        id=service.id,
        hook=service.hook_name(setting.domain),
        discovery=service.discovery(setting.domain, setting.content),
        advise=advise,
    )
