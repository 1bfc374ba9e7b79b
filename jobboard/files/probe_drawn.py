"""Formulas and diagrams, drawn by optional libraries that some texts end. Runs in the checking process.

What comes out is not trusted by who asked (`core.markdown_mathml`, `core.markdown_svg`).
"""

import json
import re
from typing import Any

from jobboard.files.answers import Answer

try:
    import math_core
except ImportError:
    math_core = None  # type: ignore[assignment]
try:
    import merman
except ImportError:
    merman = None

#: Numbers of equations would begin anew in each formula, so there are none.
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather|multline)\}")
LABEL = re.compile(r"\\(?:label\{[^{}]*\}|nonumber|notag)")
#: Where in a formula something is wrong: of one that long, a number says little.
PLACE = re.compile(r"\A\d+: ")
#: Styles come from the site. Small shapes, and words as the measuring knows them: Arial is wider than the font they get.
DRAWING = {
    "site_config": {
        "theme": "base",
        "look": "classic",
        "fontFamily": "arial",
        "fontSize": 16,
        "securityLevel": "strict",
        "flowchart": {"padding": 12, "nodeSpacing": 40, "rankSpacing": 44},
        "sequence": {"mirrorActors": False, "height": 60, "actorFontSize": 16, "messageFontSize": 16},
    },
    "svg": {"pipeline": "resvg-safe", "diagram_id": "d"},
    "resources": {"profile": "constrained"},
}


def formulas(data: bytes, _number: int) -> Answer:
    """Each formula of a list as MathML, or why it is none: [[tex, is_block], …] becomes [[true, markup], [false, words], …]."""
    converter = math_core.LatexToMathML(fancy_error=False, max_expansions=200)
    return Answer(data=json.dumps([_formula(converter, *one) for one in json.loads(data)]).encode())


def _formula(converter: Any, tex: str, is_block: bool) -> tuple[bool, str]:
    plain = LABEL.sub("", NUMBERED.sub(r"\\\1{\2*}", tex))
    try:
        return True, converter.convert_with_local_state(plain, displaystyle=is_block)
    except math_core.LatexError as error:
        return False, PLACE.sub("", str(error))


def diagram(data: bytes, _number: int) -> Answer:
    """A diagram as SVG: [[true, markup]], or [[false, words]]."""
    engine = merman.MermanEngine(options_json=json.dumps(DRAWING), services=None)
    try:
        found = True, engine.render_svg(data.decode(), None)
    except merman.MermanError as error:
        found = False, str(getattr(error, "message", "") or error)
    return Answer(data=json.dumps([found]).encode())
