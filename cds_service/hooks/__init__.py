"""The CDS services on offer: one module per hook, each with its entry in SERVICES."""

from collections.abc import Mapping

from cds_service.hooks import report_sign
from cds_service.hooks.service import Service

SERVICES: Mapping[str, Service] = {service.id: service for service in (report_sign.SERVICE,)}
"""The services, by the id in their address."""
