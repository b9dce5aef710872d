"""The groups of facts that the ablation leaves out, each as a change of the facts before they are judged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cds_service.core.facts import Facts, Finding, HistoryFact, Missing, Patient
from cds_service.core.history import merged

FINDING_GROUPS: Mapping[str, frozenset[str]] = {
    "morphology": frozenset({
        "heterotopic-bone",
        "amorphous", "calcified-haematoma", "calcified-wall", "cleft-to-cortex", "coarse", "comma-shaped", "cystic",
        "daughter-cysts",
        "fluid-calcium-level", "lobulated", "lucent-centre-linear", "mature-bone", "numerous-small", "phlebolith",
        "punctate", "reverse-zonal", "rice-grain", "serpiginous", "sheet-like", "well-demarcated", "zonal",
    }),
    "planes": frozenset({
        "fascial", "intra-articular", "intramuscular", "parosteal", "periarticular", "separate-from-bone",
        "subcutaneous", "tendon",
    }),
    "sites": frozenset({"at-hardware", "extensor-surface", "fingertip"}),
    "mass signs": frozenset({
        "adjacent-bone-eroded", "aggressive", "bone-destruction", "bone-erosion-pressure", "enhancing",
        "fat-containing", "gas-or-collection", "heterogeneous", "mass", "nodule", "non-mineralised-component",
        "oedema", "t2-bright", "target-sign", "thick-septa", "thin-septa", "tracer-uptake", "vascular-channels",
    }),
    "skeletal signs": frozenset({
        "acro-osteolysis", "aggressive-bone-tumour", "bridging-bone", "brown-tumour", "cervical-fusion",
        "cortical-thinning", "degenerative-joint", "enchondromas", "fracture", "great-toe-malformation",
        "hallux-valgus", "hyperostosis", "lytic-bone-lesions", "no-bone-involvement", "normal-great-toes",
        "ossification-centre", "osteopenia",
        "primary-trabeculae-accent", "prior-fracture-deformity", "renal-osteodystrophy", "rugger-jersey",
        "secondary-trabeculae-loss", "subperiosteal-resorption",
    }),
    "multiplicity": frozenset({
        "bilateral", "chondrocalcinosis-multiple", "joints-and-ligaments-or-discs", "joints-ligaments-and-discs",
        "multiple-sites",
    }),
    "mineral elsewhere": frozenset({
        "breast-calcification", "cerebral-calcification", "chondrocalcinosis", "costal-cartilage-calcification",
        "crowned-dens", "dental-calcification", "disc-calcification", "dural-calcification", "granuloma-calcification",
        "intracranial-calcification", "ligament-calcification", "nephrocalcinosis", "node-calcification", "opll",
        "organ-calcification", "pleural-calcification", "prostate-calcification", "stone", "stylohyoid-calcification",
        "tendon-calcification", "thyroid-calcification", "tonsil-calcification", "uterine-calcification",
        "valve-calcification", "vascular-calcification",
    }),
    "course": frozenset({"enlarging", "new-since-prior", "stable-or-shrinking"}),
    "other signs": frozenset({
        "dialysis-access", "interstitial-lung-disease", "lung-nodule-ossified", "muscle-oedema", "skin-ulceration",
        "small-kidneys",
    }),
}  # fmt: skip
"""Finding ids by group; `named-...` findings make the group of named diagnoses."""

KEPT = frozenset({"deposit-any-site", "soft-tissue-calcification", "soft-tissue-ossification"})
"""What is being explained. It is left out nowhere: without it no rule is entered, and there is nothing to measure."""

NAMED, NAMED_PREFIX = "named diagnoses", "named-"
SITES = "sites"


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of one case, and the history apart by who tells it."""

    facts: Facts
    by_chart: tuple[HistoryFact, ...]
    by_report: tuple[HistoryFact, ...]


LeaveOut = Callable[[Known], Facts]


def everything(known: Known) -> Facts:
    """The facts as they are."""
    return known.facts


def without_labs(known: Known) -> Facts:
    """No lab was sent."""
    labs = (*known.facts.labs, *known.facts.missing_labs)
    return replace(known.facts, labs={}, missing_labs=dict.fromkeys(labs, Missing.NOT_PROVIDED))


def without_chart_history(known: Known) -> Facts:
    """No list of conditions, procedures or medications was sent; what the report tells stays."""
    return replace(known.facts, history=merged(known.by_report), history_lists=frozenset())


def without_told_history(known: Known) -> Facts:
    """The report tells no history; the chart's stays."""
    return replace(known.facts, history=merged(known.by_chart))


def without_history(known: Known) -> Facts:
    """No history from anywhere."""
    return replace(known.facts, history={}, history_lists=frozenset())


def without_age_and_sex(known: Known) -> Facts:
    """A patient of unknown age and sex."""
    return replace(known.facts, patient=Patient(None, None))


def without_findings(concepts: Callable[[str], bool], *, keep_regions: bool = True) -> LeaveOut:
    """The findings of which `concepts` holds are not stated; `keep_regions=False` forgets where the lesions are."""

    def kept(findings: Mapping[str, Finding]) -> dict[str, Finding]:
        return {concept: finding for concept, finding in findings.items() if not concepts(concept)}

    def leave_out(known: Known) -> Facts:
        lesions = tuple(
            replace(lesion, findings=kept(lesion.findings), region=lesion.region if keep_regions else None)
            for lesion in known.facts.lesions
        )
        return replace(known.facts, lesions=lesions, findings=kept(known.facts.findings))

    return leave_out


def _is_named(concept: str) -> bool:
    return concept.startswith(NAMED_PREFIX)


def _is_sign(concept: str) -> bool:
    return concept not in KEPT


GROUPS: Mapping[str, LeaveOut] = {
    "labs": without_labs,
    "history, chart": without_chart_history,
    "history, told by the report": without_told_history,
    "history, both": without_history,
    "age and sex": without_age_and_sex,
    **{
        f"findings, {name}": without_findings(concepts.__contains__, keep_regions=name != SITES)
        for name, concepts in FINDING_GROUPS.items()
    },
    f"findings, {NAMED}": without_findings(_is_named),
    "findings, all of these": without_findings(_is_sign, keep_regions=False),
}
"""Every group, by the name that the table prints."""


def ungrouped(concepts: Iterable[str]) -> list[str]:
    """The findings that no group holds: what the table would not show the cost of."""
    held = KEPT.union(*FINDING_GROUPS.values())
    return sorted({concept for concept in concepts if concept and concept not in held and not _is_named(concept)})
