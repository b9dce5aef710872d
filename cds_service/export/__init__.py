"""Takes records out: as flat tables and as FHIR R4 resources; without identifiers unless asked."""
