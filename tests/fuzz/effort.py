"""How hard generated calls are tried: as in `make test`, or as often as FUZZ_EFFORT says."""

import os

from hypothesis import HealthCheck, settings

_EFFORT = float(os.environ.get("FUZZ_EFFORT", "1"))


def tries(examples: int) -> settings:
    """So many examples times the effort, however slow the machine; the same in every run until the effort is raised."""
    return settings(
        max_examples=max(1, round(examples * _EFFORT)),
        deadline=None,
        derandomize=_EFFORT <= 1,
        suppress_health_check=list(HealthCheck),
    )
