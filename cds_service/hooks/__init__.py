"""The CDS services on offer: one module per hook, each with its entry in SERVICES."""

from collections.abc import Mapping

from cds_service.hooks import order_sign, patient_view, report_drafts, report_sign
from cds_service.hooks.service import Service

SERVICES: Mapping[str, Service] = {
    service.id: service
    for service in (report_sign.SERVICE, patient_view.SERVICE, order_sign.SERVICE, *report_drafts.SERVICES)
}
"""The services, by the id in their address."""


def offered(*, with_drafts: bool) -> Mapping[str, Service]:
    """The services that an installation offers."""
    return {name: service for name, service in SERVICES.items() if with_drafts or not service.is_draft}
