"""How often one network may have us mail people who did not ask for it themselves."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app

from dordt.accounts import limits
from dordt.extensions import limiter

SCOPE = "newsletter-mails"  # what is asked by any of our forms counts together
TOO_MANY = (
    "Vanaf uw netwerk is in korte tijd vaak een e-mail aangevraagd. Daarom sturen wij er nu geen. "
    "Wacht een uur en verstuur dit opnieuw. Of bel 14 078, dan helpen wij u."
)


def mails_strangers(answer: Callable[..., Response]) -> Any:
    """Mark a view whose form sends mail to an address that somebody typed; `answer` shows it when there were too many.

    Only what was taken in counts: who makes a mistake in the form is never kept waiting.
    """
    return limiter.shared_limit(
        lambda: current_app.config["SUBSCRIBE_LIMIT_OF_NETWORK"],
        scope=SCOPE,
        key_func=limits.network,
        methods=["POST"],
        deduct_when=_was_taken_in,
        on_breach=lambda _limit: answer(),
    )


def _was_taken_in(response: Response) -> bool:
    return response.status_code == 303
