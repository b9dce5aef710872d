"""The list of licences is complete, and says what the installed packages say of themselves."""

import pytest

from tests.licences import NOT_HERE, licence, listed, locked


def test_every_package_that_is_installed_to_serve_is_listed_and_no_other() -> None:
    assert sorted(listed()) == sorted(locked())


@pytest.mark.parametrize("package", locked())
def test_the_list_says_what_the_package_says(package: str) -> None:
    said = licence(package)
    assert said
    if said != NOT_HERE:
        assert listed()[package] == said


def test_no_licence_asks_for_the_source_of_this_program() -> None:
    """LGPL and MPL ask for their own files only; GPL and AGPL would ask for ours."""
    assert [name for name, said in listed().items() if "GPL" in said.replace("LGPL", "")] == []
