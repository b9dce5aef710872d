"""The same imaging text with four charts: the labs decide, in either system of units."""

import pytest

from tests.scenarios.asking import ask, hook_request

TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
EGFR = "mL/min/{1.73_m2}"
CHARTS = {
    "kidney failure": [("egfr", 8, EGFR), ("phosphate", 8.2, "mg/dL"), ("pth", 900, "pg/mL")],
    "high phosphate alone": [
        ("egfr", 95, EGFR),
        ("phosphate", 7.4, "mg/dL"),
        ("calcium", 9.6, "mg/dL"),
        ("pth", 18, "pg/mL"),
    ],
    "vitamin D": [("calcium", 13.1, "mg/dL"), ("pth", 4, "pg/mL"), ("vitamin-d-25", 210, "ng/mL")],
}
IN_SI = {
    "kidney failure": [("egfr", 8, EGFR), ("phosphate", 2.648, "mmol/L"), ("pth", 95.49, "pmol/L")],
    "high phosphate alone": [
        ("egfr", 95, EGFR),
        ("phosphate", 2.389, "mmol/L"),
        ("calcium", 2.395, "mmol/L"),
        ("pth", 1.91, "pmol/L"),
    ],
    "vitamin D": [("calcium", 3.269, "mmol/L"), ("pth", 0.424, "pmol/L"), ("vitamin-d-25", 524.2, "nmol/L")],
}
FIRST = {
    "kidney failure": "secondary-hyperparathyroidism",
    "high phosphate alone": "tumoral-calcinosis",
    "vitamin D": "hypervitaminosis-d",
}
AGED_24 = {"high phosphate alone": "2002-01-10"}


@pytest.mark.parametrize("chart", CHARTS)
def test_the_labs_decide_which_etiology_comes_first(chart: str) -> None:
    told = ask(hook_request(TEXT, CHARTS[chart], birth_date=AGED_24.get(chart)))
    assert told.names[0] == FIRST[chart]
    assert told.likely == [FIRST[chart]]


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_chart_in_si_units_gives_the_same_ranking_tiers_and_scores(chart: str) -> None:
    birth_date = AGED_24.get(chart)
    conventional = ask(hook_request(TEXT, CHARTS[chart], birth_date=birth_date))
    assert ask(hook_request(TEXT, IN_SI[chart], birth_date=birth_date)).ranked == conventional.ranked


def test_without_labs_neither_is_called_likely_and_renal_function_is_the_first_test() -> None:
    told = ask(hook_request(TEXT))
    assert told.likely == []
    assert {"secondary-hyperparathyroidism", "tumoral-calcinosis"} <= set(told.names)
    orders = [
        suggestion["actions"][0]["resource"]["code"]["coding"][0]["code"]
        for suggestion in told.card("differential")["suggestions"]
        if suggestion["actions"][0]["type"] == "create"
    ]
    assert orders[0] in ("2160-0", "98979-8")
