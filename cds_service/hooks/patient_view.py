"""The hook when a chart is opened: the newest imaging reports are looked at, for clinicians only."""

from cds_service.core.cards import Manner
from cds_service.core.facts import Missing
from cds_service.errors import ReportMissing
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import IMAGING
from cds_service.fhir.request import HookCall
from cds_service.hooks.reports import newest_imaging
from cds_service.hooks.service import Desk, Service, ToRead

_SEARCHED = (Missing.NONE_ON_FILE, Missing.NOT_ALL_READ)


def read(_call: HookCall, chart: Chart, desk: Desk) -> ToRead:
    """The newest imaging reports of the patient.

    Raises:
        ReportMissing: nobody said what imaging reports there are.
    """
    found = newest_imaging(chart, desk)
    if found.reports:
        return found
    state = chart.received.missing(IMAGING)
    if state not in _SEARCHED and not found.set_aside:
        raise ReportMissing(
            f"The patient's imaging reports cannot be had ({state}). Send them in the prefetch key `{IMAGING}`, null "
            "or an empty Bundle where there are none, or give access to the FHIR server."
        )
    silent = "no imaging report that could be read is on file"
    # A server that knows one of the two categories only refuses the search by the other.
    silent += "" if state is Missing.NONE_ON_FILE else f"; {state}"
    return ToRead((), silent, set_aside=found.set_aside)


SERVICE = Service(
    id="calcification-patient-view",
    hook="patient-view",
    hook_version="1.0",
    title="Work-up of soft tissue calcifications, when a chart is opened",
    description=(
        "Reads the patient's newest imaging reports. Where they show a soft tissue calcification and the chart points "
        "to an etiology, or a telling test has not been looked up, one card says so with its evidence. Silent "
        "otherwise, and always silent towards patients and their relatives."
    ),
    usage=(
        "For imaging reports in English. The prefetch key `imaging`, or access to the FHIR server, is required; every "
        "other key is optional: what is missing is treated as unknown, never as normal."
    ),
    manner=Manner.OPENING,
    read=read,
    asks=(IMAGING,),
    spares=("family",),
)
