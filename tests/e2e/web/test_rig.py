"""The rig hears what it has to hear."""

import pytest
from playwright.sync_api import Page

from e2e.web.conftest import PageAs
from support.browser import Visits, assert_accessible


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('it broke')", "it broke"),
        ("setTimeout(() => { throw new Error('nobody caught me') })", "nobody caught me"),
        ("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))", "img-src"),
        ("document.head.append(Object.assign(document.createElement('style'), { textContent: 'a {}' }))", "style"),
        ("document.head.append(Object.assign(document.createElement('script'), { text: '1' }))", "script-src"),
        ("location.href = 'http://127.0.0.1:9/'", "went elsewhere"),
        ("fetch('/assets/missing.js')", "404"),
    ],
)
def test_what_goes_wrong_on_a_page_is_a_complaint(page_as: PageAs, visits: Visits, script: str, complaint: str) -> None:
    page = page_as(None, "/login")
    page.evaluate(f"() => {{ {script} }}")
    assert_heard(page, visits, complaint)


def test_without_its_policy_a_page_is_watched_for_what_it_loads(page_as: PageAs, visits: Visits) -> None:
    page = page_as(None, "/login", bypass_csp=True)
    page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))")
    assert_heard(page, visits, "went elsewhere: http://127.0.0.1:9/x.png")


def assert_heard(page: Page, visits: Visits, complaint: str) -> None:
    for _ in range(300):
        if any(complaint in said for said in visits.complaints):
            break
        page.wait_for_timeout(10)  # Playwright hears the browser only while it is asked something
    else:
        pytest.fail(f"heard {visits.complaints}")
    visits.allow("")


def test_axe_finds_what_is_not_accessible(page_as: PageAs) -> None:
    page = page_as(None, "/login")
    page.evaluate("document.body.append(new Image())")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
