import copy
import json
from decimal import Decimal

import pytest

from cds_service.content.units import is_current
from cds_service.content.vocabulary_chart import history_vocabulary, lab_vocabulary
from cds_service.core.facts import HistoryFact, Patient, State
from cds_service.core.history import merged
from cds_service.core.quantity import Interval
from cds_service.errors import ContentError
from tests.fhir.charts import VOCABULARY, history, labs, plain

LAB_IDS = [
    "calcium",
    "calcium-ionised",
    "calcium-corrected",
    "phosphate",
    "calcium-phosphate-product",
    "pth",
    "creatinine",
    "egfr",
    "urea",
    "vitamin-d-25",
    "vitamin-d-125",
    "alp",
    "albumin",
    "magnesium",
    "ck",
    "aldolase",
    "urate",
    "ana",
    "anticentromere",
    "anti-scl-70",
    "anti-jo-1",
    "anti-mi-2",
    "anti-nxp2",
    "anti-mda5",
    "anti-tif1-gamma",
    "fgf23",
    "eosinophils",
    "cysticercus-antibody",
]


def units() -> dict[str, object]:
    held: dict[str, object] = json.loads((VOCABULARY / "units.json").read_text(encoding="utf-8"))
    return held


def test_every_lab_that_rules_may_ask_for_is_there() -> None:
    assert set(labs().labs) == set(LAB_IDS)


def test_the_unit_factors_are_those_that_ucumvert_computes_today() -> None:
    assert is_current(plain("labs"), units())


# Oracle: ucum-lhc 7.1.10 of the National Library of Medicine, with the same molar masses.
ORACLE = [
    ("calcium", "9.8", "mmol/L", "2.4452"),
    ("phosphate", "6.2", "mmol/L", "2.0017"),
    ("creatinine", "5.2", "umol/L", "459.69"),
    ("pth", "480", "pmol/L", "50.93"),
    ("vitamin-d-25", "18", "nmol/L", "44.93"),
]


@pytest.mark.parametrize(("lab", "mass", "unit", "amount"), ORACLE)
def test_mass_and_amount_convert_as_the_nlm_library_does(lab: str, mass: str, unit: str, amount: str) -> None:
    factor = labs().labs[lab].factor(unit)
    assert factor is not None
    converted = Decimal(mass) / factor
    assert converted.quantize(Decimal(amount)) == Decimal(amount)


@pytest.mark.parametrize(
    ("lab", "unit", "factor"),
    [
        ("calcium", "meq/L", "2.0039"),
        ("magnesium", "meq/L", "1.21525"),
        ("calcium-ionised", "meq/L", "0.5"),
        ("alp", "ukat/L", "60"),
        ("eosinophils", "/uL", "0.001"),
        ("pth", "ug/L", "1000"),
        ("vitamin-d-125", "pmol/L", "0.41664"),
    ],
)
def test_factors_are_exact(lab: str, unit: str, factor: str) -> None:
    assert labs().labs[lab].factor(unit) == Decimal(factor)


@pytest.mark.parametrize(
    ("spelling", "ucum"),
    [
        ("mg/dL", "mg/dL"),
        ("MG/DL", "mg/dL"),
        ("mg / dl", "mg/dL"),
        ("\u00b5mol/L", "umol/L"),
        ("\u03bcmol/l", "umol/L"),
        ("mcg/L", "ug/L"),
        ("mEq/L", "meq/L"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/min/1.73 m\u00b2", "mL/min/{1.73_m2}"),
        ("IU/L", "U/L"),
        ("[IU]/L", "U/L"),
        ("10^9/L", "10*9/L"),
        ("x10E3/uL", "10*3/uL"),
        ("K/uL", "10*3/uL"),
        ("cells/\u00b5L", "/uL"),
        ("furlongs", None),
        ("", None),
    ],
)
def test_units_are_understood_as_they_are_spelled_in_the_wild(spelling: str, ucum: str | None) -> None:
    assert labs().ucum(spelling) == ucum


@pytest.mark.parametrize(
    ("name", "lab"),
    [
        ("Serum calcium", "calcium"),
        ("Ca", "calcium"),
        ("CALCIUM, TOTAL", "calcium"),
        ("Calcium, ionized", "calcium-ionised"),
        ("Ionised calcium", "calcium-ionised"),
        ("Calcium (corrected)", "calcium-corrected"),
        ("phosphorus", "phosphate"),
        ("Inorganic phosphate", "phosphate"),
        ("parathormone", "pth"),
        ("iPTH", "pth"),
        ("Intact PTH", "pth"),
        ("BUN", "urea"),
        ("25-OH Vitamin D", "vitamin-d-25"),
        ("25(OH)D", "vitamin-d-25"),
        ("1,25(OH)2D", "vitamin-d-125"),
        ("Alk Phos", "alp"),
        ("CPK", "ck"),
        ("antinuclear antibody titre, cytoplasmic pattern", "ana"),
        ("Anti-centromere antibody", "anticentromere"),
        ("Scl-70", "anti-scl-70"),
        ("anti-TIF1-\u03b3", "anti-tif1-gamma"),
        ("Phosphate [Mass/volume] in Serum or Plasma", "phosphate"),
        ("Alkaline phosphatase (total)", "alp"),
        ("Urine calcium", None),
        ("Calcium, urine", None),
        ("creatinine clearance", None),
        ("Albumin/creatinine ratio", None),
        ("vitamin D (1alpha-OHD3, as printed)", None),
        ("Eosinophils %", None),
        ("haematocrit", None),
        ("", None),
    ],
)
def test_a_name_stands_for_one_lab_or_none(name: str, lab: str | None) -> None:
    known = labs().named(name)
    assert (known.lab if known else None) == lab


def test_unverified_codes_and_codes_of_other_tests_are_not_matched() -> None:
    vocabulary = labs()
    for entry in plain("labs")["labs"]:
        for code in entry["codes"]:
            matched = code["status"] != "unverified" and "excluded" not in code
            assert (code["code"] in vocabulary.by_code) is matched


@pytest.mark.parametrize(
    ("lab", "age", "sex", "low", "high"),
    [
        ("phosphate", "0.02", None, "4.8", "8.2"),
        ("phosphate", "5", None, "3.7", "5.8"),
        ("phosphate", "12", None, "2.9", "5.4"),
        ("phosphate", "18", None, "2.5", "4.6"),
        ("alp", "8", None, "150", "370"),
        ("alp", "14", "male", "127", "517"),
        ("alp", "14", "female", "62", "280"),
        ("alp", "60", None, "40", "130"),
        ("creatinine", "40", "male", "0.76", "1.27"),
        ("pth", None, None, "15", "65"),
    ],
)
def test_default_ranges_follow_age_and_sex(lab: str, age: str | None, sex: str | None, low: str, high: str) -> None:
    found = labs().labs[lab].range_for(Patient(None if age is None else Decimal(age), sex))
    assert found is not None
    assert (found.low, found.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("lab", "age", "sex"), [("phosphate", None, "male"), ("creatinine", "40", None), ("ana", "40", "male")]
)
def test_no_default_range_is_given_where_age_or_sex_leaves_it_open(lab: str, age: str | None, sex: str | None) -> None:
    assert labs().labs[lab].range_for(Patient(None if age is None else Decimal(age), sex)) is None


def test_default_ranges_of_one_lab_never_overlap_and_leave_no_age_out_of_between() -> None:
    for lab in labs().labs.values():
        for sex in ("male", "female"):
            for months in range(0, 1200, 1):
                assert len(lab.ranges_for(Patient(Decimal(months) / 12, sex))) <= 1


@pytest.mark.parametrize(
    ("lab", "low", "high", "plausible"),
    [
        ("calcium", "3.05", "3.05", False),
        ("calcium", "13", "13", True),
        ("creatinine", "88", "88", False),
        ("calcium", None, "5", True),
    ],
)
def test_an_impossible_number_is_told_from_a_possible_one(
    lab: str, low: str | None, high: str, plausible: bool
) -> None:
    value = Interval(None if low is None else Decimal(low), Decimal(high))
    assert labs().labs[lab].is_plausible(value) is plausible


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("within normal limits", "normal"),
        ("WNL", "normal"),
        ("dangerously high", "high"),
        ("markedly low", "low"),
        ("slightly decreased", "low"),
        ("not elevated", "normal"),
        ("Positive", "positive"),
        ("NOT DETECTED", "negative"),
        ("weakly positive", None),
        ("equivocal", None),
        ("haemolysed", None),
        ("high to low", None),
        ("see comment", None),
        ("", None),
    ],
)
def test_worded_results_mean_one_thing_or_nothing(text: str, meaning: str | None) -> None:
    assert labs().words.meaning(text) == meaning


def test_a_code_that_stands_for_two_labs_is_refused() -> None:
    data = copy.deepcopy(plain("labs"))
    data["labs"][3]["codes"].append({"code": "17861-6", "name": "x", "status": "verified"})
    with pytest.raises(ContentError, match="17861-6"):
        lab_vocabulary(data, units())


def test_a_unit_without_a_factor_is_refused() -> None:
    data = copy.deepcopy(plain("labs"))
    data["labs"][0]["units"].append("kg/L")
    with pytest.raises(ContentError, match="kg/L"):
        lab_vocabulary(data, units())


@pytest.mark.parametrize(
    ("system", "code", "entries"),
    [
        ("icd10cm", "N18.6", ("ckd-g4-5",)),
        ("icd10cm", "S06.0X0A", ("trauma", "cns-injury")),
        ("icd10cm", "s06", ("trauma", "cns-injury")),
        ("icd10cm", "B69.0", ("cysticercosis", "neurocysticercosis")),
        ("icd10cm", "N17.9", ()),
        ("snomed", "82725007", ("fop",)),
        ("snomed", "827250071", ()),
        ("atc", "A11CC04", ("vitamin-d-supplement",)),
        ("local", "N18.6", ()),
    ],
)
def test_a_code_stands_for_history_entries(system: str, code: str, entries: tuple[str, ...]) -> None:
    assert history().of_code(system, code) == entries


def test_every_history_entry_can_be_found_somewhere() -> None:
    assert all(history().lists().values())
    assert len(history_vocabulary(plain("history")).entries) == len(plain("history")["history"])


def fact(state: State, age_days: int | None = None) -> HistoryFact:
    return HistoryFact("trauma", state, f"{state} {age_days}", "Condition/1", "", age_days)


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        ([fact(State.DENIED), fact(State.PRESENT)], "present None"),
        ([fact(State.UNCERTAIN), fact(State.DENIED)], "uncertain None"),
        ([fact(State.PRESENT, 4000), fact(State.PRESENT, 30)], "present 30"),
        ([fact(State.PRESENT, 4000), fact(State.PRESENT)], "present None"),
    ],
)
def test_one_fact_is_kept_for_each_concept(facts: list[HistoryFact], kept: str) -> None:
    assert merged(facts)["trauma"].label == kept
