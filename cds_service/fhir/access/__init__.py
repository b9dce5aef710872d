"""What the prefetch left out, fetched from the client's own FHIR server: with its token, within limits, or not at all.

Nothing here fails a call. Where a server may not be asked, or does not answer, the chart is the poorer for it and the
record says why. The token lives in one object for one call; it stands in no log, no exception and no result.
"""
