"""Everything that can be switched off, with its present position: what the command and the page set switches by."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.audit.switches import OFF, ON, Kind, Switch, Switches
from cds_service.errors import SwitchRefused

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that can be switched.

    Attributes:
        kind: of what kind it is.
        id: its id among those of its kind.
        name: for people.
        status: of a rule: draft, shadow, active or retired; empty for everything else.
        must_not_miss: whether it is a must-not-miss rule, whose silence may hurt.
    """

    kind: Kind
    id: str
    name: str
    status: str = ""
    must_not_miss: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """A subject, and how its switch was set last; `set_last` is None for one that was never touched."""

    subject: Subject
    set_last: Switch | None

    @property
    def off(self) -> bool:
        """Whether it is switched off."""
        return self.set_last is not None and self.set_last.state == OFF


@dataclass(frozen=True, slots=True)
class Wanted:
    """A switch as somebody wants it: `state` is `OFF` or `ON`; `confirmed` where the silence is meant."""

    kind: str
    subject: str
    state: str
    reason: str
    confirmed: bool = False


class Switchboard:
    """The switches of one installation with the names of what they switch.

    Args:
        switches: of the installation.
        subjects: what there is to be switched, in the order in which it is shown.
    """

    def __init__(self, switches: Switches, subjects: Iterable[Subject]) -> None:
        self._switches = switches
        self._subjects = {(str(subject.kind), subject.id): subject for subject in subjects}

    def off_since(self, kind: Kind, subject: str) -> Switch | None:
        """The setting that switched something off; None while it is on, or where nothing of the kind has this id."""
        found = (one for one in self.positions() if one.off and (one.subject.kind, one.subject.id) == (kind, subject))
        return next((one.set_last for one in found), None)

    def positions(self) -> list[Position]:
        """Every subject with its position; what is off and exists no more stands at the end."""
        newest = self._switches.newest()
        gone = {key for key, switch in newest.items() if switch.state == OFF} - self._subjects.keys()
        known = [Position(subject, newest.get(key)) for key, subject in self._subjects.items()]
        return known + [Position(_gone(*key), newest[key]) for key in sorted(gone)]

    def off(self) -> list[Subject]:
        """What is off, as the calls of this process see it."""
        found = self._switches.off().subjects
        return [subject for key, subject in self._subjects.items() if key in found]

    def history(self, limit: int) -> list[Switch]:
        """The newest settings, the newest first."""
        return self._switches.history(limit)

    def find(self, kind: str, subject: str) -> Subject:
        """The subject with this id.

        Raises:
            SwitchRefused: there is none; names those that there are.
        """
        of_kind = {one.subject.id: one.subject for one in self.positions() if one.subject.kind == kind}
        if subject not in of_kind:
            known = ", ".join(sorted(of_kind)) or "none"
            raise SwitchRefused(f"No {kind} has the id {subject!r}. Known are: {known}.")
        return of_kind[subject]

    def set(self, wanted: Wanted, who: str) -> bool:
        """Set a switch, for the record by name; False where it stands so already.

        Raises:
            SwitchRefused: the subject is not known, the reason is missing, or silence was not confirmed.
            RecordNotKept: the store could not be written, so nothing was switched.
        """
        subject = self.find(wanted.kind, wanted.subject)
        reason = " ".join(wanted.reason.split())
        if not reason or len(reason) > LONGEST_REASON:
            raise SwitchRefused(f"Give a reason of at most {LONGEST_REASON} characters: it stays on record.")
        if wanted.state not in (OFF, ON):
            raise SwitchRefused("A switch is set to off or on.")
        if wanted.state == OFF and subject.must_not_miss and not wanted.confirmed:
            raise SwitchRefused(
                f"{subject.name}: a must-not-miss rule that is off warns nobody. "
                "Confirm that this is meant; on the command line with --confirm."
            )
        return self._switches.set(subject.kind, subject.id, wanted.state, who, reason)


def _gone(kind: str, subject: str) -> Subject:
    return Subject(Kind(kind), subject, f"{subject} (exists no more)")
