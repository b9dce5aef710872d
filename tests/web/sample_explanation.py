"""An explained call with everything on it that a page can show, hostile text included."""

from cds_service.core.explanation import (
    AlarmRow,
    Explanation,
    ItemRow,
    LabRow,
    NextTestRow,
    ReportRow,
    RuleRow,
)
from cds_service.core.marked_text import Mark, pieces_of
from cds_service.core.stated_rows import (
    ClauseRow,
    DisputeRow,
    LesionRow,
    Said,
    StatedRow,
    StatementGroup,
    StatementRow,
)

HOSTILE = "<script>alert('x')</script>"

_RULE = RuleRow(
    name="Tumoral calcinosis",
    ref="tumoral-calcinosis@1.0.0",
    status="active",
    tier="possible",
    low=-2,
    score=5,
    high=7,
    prior=-1,
    entry="met",
    lesion="right hip",
    capped_by="creatinine",
    quote="large lobulated masses about the joints",
    reviewed="none",
    known_gaps=("the sign is often not mentioned",),
    references=(("OLSEN06", "Olsen KM, Chew FS. RadioGraphics 2006", "10.1148/rg.263055099", "the name is misused"),),
    supports=(
        ItemRow(
            "lobulated mass at a large joint", "met", 3, True, "imaging", "literature", f"“{HOSTILE}” (report 6–30)"
        ),
        ItemRow("phosphate high", "unknown", 2, False, "phosphate", "literature", "phosphate: not provided"),
    ),
    argues_against=(ItemRow("advanced kidney disease", "not stated", -4, False, "kidney", "estimate", ""),),
    excludes=(ItemRow("bone destroyed", "not met", 0, False, "", "estimate", "“bones normal”"),),
)

SAMPLE = Explanation(
    reports=(
        ReportRow(
            report_id="draft-1",
            status="preliminary",
            silent="",
            age="age 24",
            sex="female",
            labs=(
                LabRow(
                    "calcium",
                    "2.40 mmol/L",
                    "9.6 mg/dL",
                    "× 4.008",
                    "8.6–10.2 mg/dL",
                    "2026-01-01",
                    "normal",
                    "Observation/1",
                ),
                LabRow("PTH", "", "", "", "", "", "", "", "not provided"),
            ),
            history=(StatedRow("dialysis", "denied", HOSTILE, "Condition/1"),),
            lesions=(
                LesionRow("right hip", "80 mm", (StatedRow("lobulated", "present", "“lobulated”", "report 6–15"),)),
            ),
            findings=(StatedRow("multiple sites", "present", "“both hips”", "report 50–59"),),
            said=Said(
                groups=(
                    StatementGroup(
                        "right hip",
                        "80 mm; several; growing; lobulated",
                        (
                            StatementRow("lobulated", "present", "", "“lobulated”", "report 6–15", 1),
                            StatementRow(
                                "mature bone", "historical", "said of before", f"“{HOSTILE}”", "report 20–28", 2
                            ),
                        ),
                    ),
                ),
                clauses=(
                    ClauseRow(
                        pieces_of(f"Large lobulated masses {HOSTILE}", [Mark(6, 15, "lobulated", "present", "", 1)])
                    ),
                ),
                disputes=(DisputeRow("phlebolith", "right hip", "present", "report 60–70", "denied", "Observation/7"),),
            ),
            rules=(_RULE,),
            tests=(
                NextTestRow(
                    "Creatinine with eGFR", "not provided", "Secondary hyperparathyroidism", "Tumoral calcinosis"
                ),
            ),
            alarms=(
                AlarmRow("Mass that may be a sarcoma", "sarcoma@1.0.0", True, "Refer before any excision."),
                AlarmRow("Calcium very high", "calcium@1.0.0", False, "Call the ward."),
            ),
            set_aside=(("Observation/9", "the unit is not understood"),),
        ),
    ),
    cards=(
        {
            "summary": f"Possible: tumoral calcinosis {HOSTILE}",
            "indicator": "info",
            "detail": f"| rank |\n{HOSTILE}",
            "source": {"label": "calcification-cds"},
            "suggestions": [{"label": "Append to the conclusion"}],
        },
    ),
    likely=4,
    possible=0,
)
