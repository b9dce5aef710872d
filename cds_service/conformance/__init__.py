"""The conformance self-check: every assertion that a CDS service is held to, tried on one over HTTP."""
