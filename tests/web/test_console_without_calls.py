"""A console of an installation that nobody has called yet."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/audit", "/audit/quality", "/audit/answers", "/audit/calls", "/audit/rules/cppd"])
def test_it_says_so(path: str, client: FlaskClient) -> None:
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Nothing is counted yet" in shown.text
