"""Every page there is, generated from the URL map, is valid HTML in both languages."""

import pytest

from jobboard.core.access import Role
from tests.pages import html_problems
from tests.test_access import address, routes, world

__all__ = ["world"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_is_valid_html(app, client, sign_in, world, language):
    sign_in(Role.admin.value, locale=language)
    seen, bad = set(), {}
    for rule, method in routes(app):
        if method != "GET":
            continue
        response = client.get(address(app, rule, {**world, "language": language, "locale": language}), buffered=True)
        if response.mimetype != "text/html" or response.status_code in {301, 302, 303, 308}:
            continue
        seen.add(rule.endpoint)
        if problems := html_problems(response):
            bad[rule.endpoint] = problems
    assert bad == {}
    assert {"openings.show", "openings.index", "openings.preview", "timeline.author", "timeline.category"} <= seen
    assert {"search.index", "posts.show", "applications.apply", "desk.openings.edit", "desk.openings.new"} <= seen
    assert {"desk.audit.index", "desk.talents.index", "desk.talents.write", "talents.leave_pool"} <= seen
    assert "desk.applications.export" in seen
