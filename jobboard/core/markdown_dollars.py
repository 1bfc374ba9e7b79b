"""Where a formula begins and ends in a text: `$…$` in a line, `$$…$$` and a fence called "math" as blocks of their own.

Money must stay money. So a single dollar opens only where no letter, digit or dollar stands before it and no space behind
it, and closes only where no space stands before it and no letter or digit behind it: "$5 and $10", "US$ 5" and
"$HOME:$PATH" are words.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_block_dollar

#: A formula in a line, from its first dollar on. An escaped dollar is part of it; a blank line would have ended the block.
INLINE = re.compile(
    r"""(?P<mark>\$\$?)(?!\s|\$)
        (?P<tex>(?:\\.|[^\\$])+?)
        (?<!\s)(?P=mark)(?![\w$])""",
    re.VERBOSE | re.DOTALL,
)
#: What no formula begins with: "(in $, € or US-$)".
NO_BEGINNING = frozenset(",.;:)!?/")
#: Commands, with the words that some of them take.
COMMAND = re.compile(r"\\(?:text\w*|math\w+|operatorname\*?|mbox|begin|end)\s*\{[^{}]*\}|\\[a-zA-Z]+")
#: Two words one after the other, an amount and a word at the beginning, quotation marks: nobody writes a formula so.
SENTENCE = re.compile(r'[^\W\d_]{2,}[,;:.]?\s+[^\W\d_]{2,}|\A\d[\d.,]*[,;:.)]?\s+[^\W\d_]{2,}|["“”„]')


def dollars_plugin(parser: MarkdownIt) -> None:
    """Have the parser make `math_inline` and `math_block` tokens."""
    parser.inline.ruler.before("escape", "math_inline", _inline)
    block = math_block_dollar(allow_labels=False, allow_blank_lines=False)
    parser.block.ruler.before("fence", "math_block", block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$" or (state.pos and re.match(r"[\w$]", state.src[state.pos - 1])):
        return False
    found = INLINE.match(state.src, state.pos, state.posMax)
    if found is None or found["tex"][0] in NO_BEGINNING or SENTENCE.search(COMMAND.sub("\\\\", found["tex"])):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = found["tex"], found["mark"]
    state.pos = found.end()
    return True
