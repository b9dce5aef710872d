"""The FHIR R4 server of the demo over synthetic patients, and the hook requests that an EHR over it would send."""
