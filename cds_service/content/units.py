"""Computes the unit factors that travel with the content. Imported by the command that builds content, never to serve.

UCUM units are read with ucumvert and pint. Conversions between mass and amount rest on the molar mass and valence that
`labs.yaml` gives for the substance: an equivalent carries a charge that UCUM does not know, and pint's chemistry
context does not work on ucumvert's registry.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, localcontext
from importlib.metadata import version
from typing import Any

from cds_service.content.vocabulary_chart import substances

_SIGNIFICANT = 12
_MASS, _AMOUNT = "kilogram / meter ** 3", "mole / meter ** 3"


def unit_factors(labs: Mapping[str, Any]) -> dict[str, Any]:
    """The content of `units.json`.

    Args:
        labs: `labs.yaml` as plain data.

    Returns:
        `computed_with`, and `factors`: lab id to substance to UCUM unit to the exact factor to the lab's unit, as text.

    Raises:
        ValueError: a unit cannot be converted to the lab's unit.
    """
    registry = _registry()
    factors: dict[str, dict[str, dict[str, str]]] = {}
    for entry in labs["labs"]:
        if "unit" not in entry:
            continue
        factors[str(entry["id"])] = {
            substance: {str(unit): _text(_factor(registry, entry, measured, str(unit))) for unit in measured["units"]}
            for substance, measured in substances(entry)
        }
    computed_with = f"ucumvert {version('ucumvert')}, pint {version('pint')}"
    return {"computed_with": computed_with, "factors": factors}


def units_json(labs: Mapping[str, Any]) -> str:
    """The text of `units.json`, the same for the same labs."""
    return json.dumps(unit_factors(labs), indent=1, ensure_ascii=False) + "\n"


def is_current(labs: Mapping[str, Any], units: Mapping[str, Any]) -> bool:
    """Whether `units.json` holds the factors that `labs.yaml` asks for."""
    return bool(unit_factors(labs)["factors"] == units["factors"])


def _registry() -> Any:
    # ucumvert reads its grammar and builds a pint registry on import: only authors of content pay for that.
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


def _factor(registry: Any, entry: Mapping[str, Any], measured: Mapping[str, Any], unit: str) -> Decimal:
    own = str(entry["unit"])
    if unit == own and measured is entry:
        return Decimal(1)
    if own.startswith("{"):
        raise ValueError(f"{entry['id']}: {unit} cannot be converted to {own}")
    size, kind = _in_base_units(registry, unit, measured)
    own_size, own_kind = _in_base_units(registry, own, entry)
    if measured is not entry and kind == own_kind == _MASS:
        # mass of one substance to mass of another, by way of the amount
        size = size * _molar_mass(entry) / _molar_mass(measured)
    elif (kind, own_kind) == (_AMOUNT, _MASS):
        size *= _molar_mass(entry)
    elif (kind, own_kind) == (_MASS, _AMOUNT):
        size /= _molar_mass(measured)
    elif kind != own_kind:
        raise ValueError(f"{entry['id']}: {unit} cannot be converted to {own}")
    return size / own_size


def _in_base_units(registry: Any, unit: str, measured: Mapping[str, Any]) -> tuple[Decimal, str]:
    """One of the unit in SI base units, equivalents as moles, and those base units."""
    quantity = registry.from_ucum(unit).to_base_units()
    size = Decimal(repr(quantity.magnitude))
    if unit.startswith(("meq", "eq")):
        size /= Decimal(str(measured["valence"]))
    return size, str(quantity.units)


def _molar_mass(measured: Mapping[str, Any]) -> Decimal:
    """In kilograms per mole, to match SI base units."""
    return Decimal(str(measured["molar_mass"])) / 1000


def _text(factor: Decimal) -> str:
    """The factor without the noise of binary fractions, in plain notation."""
    with localcontext() as context:
        context.prec = _SIGNIFICANT
        return f"{(+factor).normalize():f}"
