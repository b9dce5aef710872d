"""Silence is a feature: what calcifies elsewhere, or not at all, gets no card, whatever the labs say."""

import pytest

from tests.scenarios.asking import DOMAIN, ask, hook_request, report

URAEMIC = [("egfr", 8, "mL/min/{1.73_m2}"), ("phosphate", 8.2, "mg/dL"), ("pth", 900, "pg/mL")]

SILENT = {
    "normal film": "RIGHT SHOULDER\nFindings: No fracture. Soft tissues are unremarkable.\nImpression: Normal.",
    "denied": "Right hip: No soft tissue calcification or ossification is seen.",
    "resolved": "Previously seen periarticular calcification of the left hip has resolved.",
    "aorta": "Atherosclerotic calcification of the abdominal aorta and iliac arteries.",
    "arteries of the leg": "Right knee: extensive vascular calcification in the soft tissues. No fracture.",
    "femoral artery": "Heavy calcification of the superficial femoral artery in the thigh.",
    "valve": "Mitral annular calcification. Aortic valve calcification.",
    "costal cartilage": "Calcification of the costal cartilages. Lungs are clear.",
    "lung granuloma": "Calcified granuloma in the right upper lobe. No pleural effusion.",
    "lymph node": "Calcified left hilar and mediastinal lymph nodes from old granulomatous disease.",
    "kidney stone": "4 mm calcified renal calculus in the lower pole of the left kidney.",
    "gallstone": "Calcified gallstones without wall thickening.",
    "liver": "Coarse calcification in the right lobe of the liver, old granulomatous disease.",
    "hydatid": "Eggshell calcification of a hepatic hydatid cyst.",
    "nephrocalcinosis": "Both kidneys show medullary nephrocalcinosis.",
    "breast": "MAMMOGRAM. Scattered benign calcifications in both breasts. BI-RADS 2.",
    "tooth": "Dental calcification of the right lower molar. No soft tissue abnormality.",
    "pleura": "Calcified pleural plaques on both sides.",
    "pineal": "Physiologic calcification of the pineal gland and choroid plexus.",
    "thyroid": "Coarse calcification in the left lobe of the thyroid.",
    "prostate": "Prostatic calcifications. Bladder is unremarkable.",
    "uterus": "Calcified uterine fibroid in the pelvis.",
    "posterior longitudinal ligament": "Ossification of the posterior longitudinal ligament from C3 to C6.",
    "stylohyoid ligament": "Calcification of the stylohyoid ligament on the right.",
    "tonsil": "Small calcification in the left palatine tonsil, tonsillolith.",
    "ossification centre": "Normal ossification centres of the elbow for age.",
    "pelvic phleboliths": "Multiple phleboliths in the pelvis. Bowel gas pattern is normal.",
    "noncalcified": "Noncalcified nodule in the soft tissues of the thigh.",
}


@pytest.mark.parametrize("what", SILENT)
def test_a_report_without_a_qualifying_finding_gets_no_card_whatever_the_labs(what: str) -> None:
    told = ask(hook_request(SILENT[what], URAEMIC, conditions=["End-stage renal disease on haemodialysis"]))
    assert told.cards == []
    assert told.record.outcome == "silent"
    assert told.record.body["reports"][0]["silent"]


def test_one_elderly_knee_with_chondrocalcinosis_gets_no_card() -> None:
    told = ask(
        hook_request("LEFT KNEE. Chondrocalcinosis of the menisci. Mild osteoarthritis.", birth_date="1944-02-02")
    )
    assert told.cards == []


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_withdrawn_report_stays_silent_and_the_record_says_why(status: str) -> None:
    told = ask(hook_request(reports=[report("Calcified mass about the hip.", status=status)]))
    assert told.cards == []
    assert told.record.body["reports"][0]["silent"] == f"the report is {status}"


SPOKEN = {
    "soft tissue and vessel together": "Vascular calcification, and amorphous soft tissue calcification at the hip.",
    "phleboliths in a mass of the thigh": "Lobulated soft tissue mass of the thigh containing phleboliths.",
    "amorphous": "Amorphous calcification in the soft tissues of the calf.",
    "heterotopic bone": "Heterotopic ossification about the right hip.",
    "chondrocalcinosis in the young": "Chondrocalcinosis of both knees and both wrists.",
}


@pytest.mark.parametrize("what", SPOKEN)
def test_a_report_with_a_qualifying_finding_gets_one_card(what: str) -> None:
    told = ask(hook_request(SPOKEN[what], birth_date="1990-01-01"))
    indicators = [card["indicator"] for card in told.cards if card["extension"][f"{DOMAIN}.kind"] == "differential"]
    assert indicators == ["info"]
