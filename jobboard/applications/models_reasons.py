"""Why an application was withdrawn, and why one looks like a program's."""

import enum

from jobboard.core.i18n import lazy


class WithdrawReason(enum.Enum):
    """Why an applicant withdrew, if they say."""

    another_role = "another_role"
    changed_mind = "changed_mind"
    too_slow = "too_slow"
    other = "other"


class Suspicion(enum.Enum):
    """What makes an application look like a program's. Never a reason to drop it: a person decides."""

    trap = "trap"
    too_fast = "too_fast"
    no_proof = "no_proof"


SUSPICION_LABELS = {
    Suspicion.trap: lazy("A field that people do not see was filled in."),
    Suspicion.too_fast: lazy("The form was sent faster than a person can fill it in."),
    Suspicion.no_proof: lazy("The sender's browser did not do the small calculation that programs avoid."),
}

WITHDRAW_REASON_LABELS = {
    WithdrawReason.another_role: lazy("I found another role"),
    WithdrawReason.changed_mind: lazy("I changed my mind"),
    WithdrawReason.too_slow: lazy("It took too long"),
    WithdrawReason.other: lazy("Another reason"),
}
