"""The sandbox of a demo, from the stories that came with the program."""

import hmac
from datetime import datetime
from functools import cache

from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content, default_patients
from cds_service.sandbox.room import Room
from cds_service.sandbox.store import FhirStore
from cds_service.sandbox.tour import read_tour
from cds_service.settings import Settings
from cds_service.synthetic.stories import load_stories
from cds_service.synthetic.synthesize import named_patients
from cds_service.web.sandbox.setting import SandboxSetting


def open_sandbox(settings: Settings, content: Content, secret: bytes, now: datetime) -> SandboxSetting | None:
    """The sandbox; None in production. The patients are made when they are first asked for.

    Args:
        settings: of the installation.
        content: the rules and wording in use.
        secret: of the installation; the key of the tokens is made from it.
        now: when the charts end. Every worker has it from its parent, so all have the same patients.
    """
    if settings.profile == "production":
        return None

    @cache
    def room() -> Room:
        # The stories speak of the rules that came with them, whatever rules are in use.
        rules, cards = default_content()
        told_of = load_content(rules, cards) if settings.rules_dir else content
        stories = load_stories(default_patients(), rules, told_of)
        models = stories[0].world.physiology.labs
        patients = {one.patient_id: one for one in named_patients(stories, now)}
        return Room(patients, {lab: model.sent for lab, model in models.items()}, read_tour(default_patients()))

    @cache
    def store() -> FhirStore:
        return FhirStore(resource for one in room().patients.values() for resource in one.resources)

    return SandboxSetting(store, hmac.digest(secret, b"sandbox", "sha256"), now, room)
