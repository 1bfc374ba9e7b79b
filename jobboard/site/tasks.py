"""Legal pages follow the renderer."""

from jobboard.core.markdown_anew import render_anew
from jobboard.core.work import Sweep
from jobboard.site.models import SitePage


def render_pages() -> int:
    """Render some versions of legal pages anew that another renderer made; how many. They stay the versions they are."""
    return render_anew(SitePage)


SWEEPS = [Sweep("legal pages of another renderer", 600, render_pages)]
