"""A measurement on synthetic patients as a file: how it was made, its figures, and the patients that they are made of.

Patients who have none of the etiologies and got no card, which are most, are counted and not listed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import read_source
from cds_service.errors import ContentError
from cds_service.sandbox.figures import Figures, Named, Spoken, There, counted
from cds_service.sandbox.signing import Signed
from cds_service.sandbox.tour import FILE as TOUR

FILE = "figures.json"
"""The measurement that comes with the program, beside the stories."""
_SCHEMAS = Path(__file__).parent / "schemas"
_STORIES = "*.yaml"
_DIGITS = 16

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """How a measurement can be made again.

    Attributes:
        mix: the name of the mix.
        as_of: the day of the reports.
        content: the version of the rules and wording that judged.
        stories: the digest of what the patients are drawn from.
    """

    seed: int
    patients: int
    mix: str
    as_of: str
    content: str
    stories: str

    @property
    def arguments(self) -> str:
        """The same patients, as `measure` and `synth` are told of them."""
        return f"--seed {self.seed} --patients {self.patients} --mix {self.mix} --as-of {self.as_of}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures with what they are made of.

    Attributes:
        signed: the patients with an etiology, and those who got a card.
    """

    made: Made
    figures: Figures
    signed: tuple[Signed, ...]


def measured(made: Made, signed: Sequence[Signed]) -> Measurement:
    """The measurement of patients that were signed."""
    return Measurement(made, counted(signed, made.patients), tuple(signed))


def digest_of(*folders: Path) -> str:
    """The digest of the files that patients are drawn from; of the tour none is."""
    said = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.glob(_STORIES) if path.name != TOUR):
            said.update(f"{folder.name}/{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return said.hexdigest()[:_DIGITS]


def as_text(measurement: Measurement) -> bytes:
    """The file, one patient a line, so that a difference between two can be read."""
    head = {"made": asdict(measurement.made), "figures": asdict(measurement.figures)}
    opened = orjson.dumps(head, option=orjson.OPT_INDENT_2).removesuffix(b"\n}")
    lines = b",\n".join(b"    " + orjson.dumps(_line(one)) for one in measurement.signed)
    return opened + b',\n  "signed": [\n' + lines + b"\n  ]\n}\n"


def _line(one: Signed) -> Json:
    """One patient; what is empty is left out."""
    return {key: value for key, value in asdict(one).items() if value or key == "speaks"}


def read_measurement(path: Path) -> Measurement:
    """A measurement from its file.

    Raises:
        ContentError: it cannot be used; carries every problem found.
    """
    source = read_source(path, path.name)
    problems = Schemas((_SCHEMAS,)).problems("figures", source)
    if problems:
        raise ContentError(problems)
    data, figures = source.data, source.data["figures"]
    return Measurement(
        made=Made(**data["made"]),
        figures=Figures(
            spoken=Spoken(**figures["spoken"]),
            spoken_of_none=Spoken(**figures["spoken_of_none"]),
            there={name: There(**counts) for name, counts in figures["there"].items()},
            named={name: Named(**counts) for name, counts in figures["named"].items()},
        ),
        signed=tuple(_signed(data["signed"])),
    )


def _signed(listed: Sequence[Mapping[str, Any]]) -> Iterator[Signed]:
    for told in listed:
        ranked = tuple((etiology, tier) for etiology, tier in told.get("ranked", ()))
        lists = {key: tuple(told.get(key, ())) for key in ("there", "right", "alarms")}
        yield Signed(**{**told, **lists, "ranked": ranked})
