"""One installation a session, as an operator makes it: two files in an empty folder, and images."""

from collections.abc import Iterator

import pytest

from compose.site import Images, Site, site_of


@pytest.fixture(scope="session")
def site(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(images, tmp_path_factory.mktemp("site")) as site:
        site.up()
        site.first_day()
        yield site
