"""What the switches leave in force for one call, and what there is to be switched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cds_service.audit.record import Arrival
from cds_service.audit.switchboard import Subject
from cds_service.audit.switched import Switched
from cds_service.audit.switches import Kind, Off
from cds_service.content.load import Content
from cds_service.hooks.service import Service
from cds_service.security.clients import Client
from cds_service.security.gate import THIS_MACHINE

CLIENT_OFF = "the client is switched off"
SERVICE_OFF = "the service is switched off"


@dataclass(frozen=True, slots=True)
class InForce:
    """What one call is answered with: the service and the content as the switches leave them."""

    service: Service
    content: Content
    arrival: Arrival


class Switching:
    """Applies the switches.

    Args:
        content: with every rule as its file says.
        off: what is off now.
    """

    def __init__(self, content: Content, off: Callable[[], Off]) -> None:
        self._content = content
        self._off = off
        self._active = content.engine.rules.active()
        self._made: tuple[frozenset[str], Content] = (frozenset(), content)

    def applied(self, service: Service, arrival: Arrival) -> InForce:
        """What is in force for a call; where nothing may be said, the service asks about nothing and says why."""
        off = self._off()
        rules = off.of(Kind.RULE) & self._active
        silent = _silent(off, service, arrival)
        if silent:
            service = replace(service, idle=lambda _call, _content: silent)
        switched = Switched(tuple(sorted(rules)), silent, off.age_s)
        return InForce(service, self._without(rules), replace(arrival, switched=switched))

    def _without(self, rules: frozenset[str]) -> Content:
        """The content without these rules; made anew only when the switches have changed."""
        if not rules:
            return self._content
        made_without, content = self._made
        if made_without != rules:
            content = self._content.without(rules)
            self._made = (rules, content)
        return content


def _silent(off: Off, service: Service, arrival: Arrival) -> str:
    if arrival.client in off.of(Kind.CLIENT):
        return CLIENT_OFF
    return SERVICE_OFF if service.id in off.of(Kind.SERVICE) else ""


def subjects(content: Content, clients: Iterable[Client], services: Iterable[Service], *, demo: bool) -> list[Subject]:
    """What can be switched in an installation: must-not-miss rules, rules, clients and services, in this order."""
    return [*_rules(content), *_clients(clients, demo), *(Subject(Kind.SERVICE, one.id, one.title) for one in services)]


def _rules(content: Content) -> Iterator[Subject]:
    rules = content.engine.rules
    for alarm in rules.alarms:
        yield Subject(Kind.RULE, alarm.id, alarm.title, alarm.status, must_not_miss=True)
    for rule in rules.rules:
        yield Subject(Kind.RULE, rule.id, rules.named(rule.etiology).name, rule.status)


def _clients(clients: Iterable[Client], demo: bool) -> Iterator[Subject]:
    if demo:
        yield Subject(Kind.CLIENT, THIS_MACHINE, "callers on this machine without a token")
    for client in clients:
        yield Subject(Kind.CLIENT, client.id, client.name)
