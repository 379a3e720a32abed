"""Refusals that a service expects; `dordt/errors.py` says which page each one shows."""


class DomainError(Exception):
    """A rule says no. A kind without a page of its own is answered 409: a view may forget to catch it."""


class LinkProblem(DomainError):
    """A link from a mail that no longer works."""


class LinkExpired(LinkProblem):
    """The link is older than it may be."""


class LinkInvalid(LinkProblem):
    """The link was changed, cut off, or ended by a newer one."""


class NotFound(DomainError):
    """What is asked for does not exist, or not for this person. The page says nothing of either; a command does."""

    def __init__(self, table: str, key: object) -> None:
        super().__init__(f"{table} {key} does not exist")


class NotAllowed(DomainError):
    """The rules do not allow this step now; the text says why, in Dutch, for the screen."""


class ChangedMeanwhile(NotAllowed):
    """Something newer stands there than the page showed from which this was asked: nothing was done."""
