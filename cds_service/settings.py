"""Everything that differs between installations: one field each, read from the environment once, at start."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from cds_service.errors import StartError

PREFIX = "CALCIFICATION_CDS_"
_CHOICES = {
    "profile": ("demo", "production"),
    "sqlite_synchronous": ("FULL", "NORMAL"),
    "draft_hooks": ("on", "off"),
    "report_text": ("on", "off"),
}
_LEAST = {
    "port": 1,
    "max_body_bytes": 1024,
    "repeat_silence_hours": 0,
    "fhir_deadline_ms": 1,
    "fhir_call_timeout_ms": 1,
    "request_seconds": 1,
    "session_minutes": 1,
    "workers": 1,
    "threads": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation. A field `port` is read from `CALCIFICATION_CDS_PORT`.

    Attributes:
        profile: "demo" answers without a token, to this machine only; "production" asks every caller for one.
        host: the address to listen on. The demo profile accepts loopback addresses only.
        port: the TCP port to listen on.
        base_url: the address that callers see, without a trailing slash; stands in links on cards. Empty: host and
            port.
        database_url: where the audit record is kept, as a SQLAlchemy URL. A relative SQLite path counts from the
            current folder.
        spool_dir: folder on a disk of this machine, in which records wait while the database is away.
        sqlite_synchronous: "FULL" loses nothing at a power cut; "NORMAL" is faster and can lose the last calls then.
        rules_dir: folder of rules to use instead of the packaged ones.
        cards_dir: folder of card wording to use instead of the packaged one.
        hook_domain: reverse-domain name in front of the project's own hook and of the extension keys on cards.
        clients_file: who may call, and how each proves it; required in production. The format: security/clients.py.
        draft_hooks: "on" offers the draft report hooks of July 2026, too.
        repeat_silence_hours: for how long a card on an unchanged report is not repeated to the same user; 0 repeats it.
        cors_origins: origins whose pages may call from a browser, separated by commas.
        fhir_servers: demo only: origins of FHIR servers that may be asked for callers without an entry in the file of
            clients, separated by commas.
        fhir_deadline_ms: milliseconds after the start of a call after which its FHIR server is no longer waited for.
        fhir_call_timeout_ms: milliseconds within which a FHIR server has to answer one question.
        max_body_bytes: the largest request body that is read.
        request_seconds: how long a caller may take to send its headers, then its body, and then to take the answer.
        patient_key_file: file of the secret with which patient ids are hashed in the audit record.
        audit_key_file: file of the secret with which the rows of the audit record are chained.
        report_text: "on" keeps the text of reports beside the record, sealed; "off" keeps the quoted clauses only.
        report_text_key_file: file of the 32 bytes that seal the text of reports; files of older keys, which still open
            what they sealed, follow after commas.
        pid_file: names the running service, for `calcification-cds reload`.
        oidc_issuer: where people sign in to see the pages of a production installation: the OpenID provider's issuer,
            an https URL. Empty: nobody can, and no pages are served.
        oidc_client_id: what the provider calls this installation.
        oidc_client_secret_file: file of the secret that the provider gave it.
        oidc_roles_claim: the claim of the ID token that holds a person's roles; dots lead into it.
        oidc_roles: what the provider calls each role.
        session_minutes: minutes without a look at a page after which a person signs in again.
        session_key_file: file of the secret with which the session cookies are signed; the same for every process.
        local_token_file: demo only: file of the token with which the one local user signs in.
        candidates_dir: folder of candidate rules that the replay page offers: one folder each, with `rules` and, where
            words change too, `cards` in it.
        replay_dir: folder of replays, those that the page starts and others that it shows.
        workers: server processes.
        threads: calls answered at the same time by one process.
    """

    profile: str = "demo"
    host: str = "127.0.0.1"
    port: int = 8080
    base_url: str = ""
    database_url: str = "sqlite:///var/calls.sqlite3"
    spool_dir: Path = Path("var/spool")
    sqlite_synchronous: str = "FULL"
    rules_dir: Path | None = None
    cards_dir: Path | None = None
    hook_domain: str = "io.github.calcification-cds"
    clients_file: Path | None = None
    draft_hooks: str = "off"
    repeat_silence_hours: int = 24
    cors_origins: str = ""
    fhir_servers: str = ""
    fhir_deadline_ms: int = 2500
    fhir_call_timeout_ms: int = 1500
    max_body_bytes: int = 4 * 1024 * 1024
    request_seconds: int = 10
    patient_key_file: Path = Path("var/patient.key")
    audit_key_file: Path = Path("var/audit.key")
    report_text: str = "off"
    report_text_key_file: str = "var/report-text.key"
    pid_file: Path = Path("var/calcification-cds.pid")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_roles_claim: str = "roles"
    oidc_roles: str = "reader=reader,auditor=auditor,editor=editor"
    session_minutes: int = 30
    session_key_file: Path | None = None
    local_token_file: Path = Path("var/local.token")
    candidates_dir: Path | None = None
    replay_dir: Path = Path("var/replays")
    workers: int = 1
    threads: int = 4

    def __post_init__(self) -> None:
        """Refuse what no installation can mean.

        Raises:
            StartError: naming the environment variable and what it accepts.
        """
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise StartError(f"{PREFIX}{name.upper()} is not one of {', '.join(choices)}.")
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise StartError(f"{PREFIX}{name.upper()} must be {least} or more.")

    @property
    def public_url(self) -> str:
        """The address under which this installation is reached, without a trailing slash."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def serves_pages(self) -> bool:
        """Whether the pages are served: they show what charts and reports hold, so only where people can sign in."""
        return self.profile == "demo" or bool(self.oidc_issuer)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment variables give; the defaults for those that are absent.

    Raises:
        StartError: for a variable with the prefix that no setting has, or a value of the wrong kind.
    """
    known = {f"{PREFIX}{field.name.upper()}": field.name for field in fields(Settings)}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise StartError(f"Unknown setting {', '.join(unknown)}. Known are {', '.join(sorted(known))}.")
    kinds = get_type_hints(Settings)
    given = {name: environment[variable] for variable, name in known.items() if environment.get(variable)}
    return Settings(**{name: _typed(name, text, kinds[name]) for name, text in given.items()})


def _typed(name: str, text: str, kind: object) -> Any:
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise StartError(f"{PREFIX}{name.upper()} must be a whole number.") from None
    return text if kind is str else Path(text)
