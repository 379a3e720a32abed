"""A newsletter as one mail for many: with a merge field where each recipient's own link belongs."""

from flask import current_app

from dordt.newsletters.content.parts import parts_of, plain
from dordt.newsletters.models import Newsletter
from dordt.shared.links import absolute
from dordt.shared.mail import Draft, compose
from dordt.subscribers import emails

LEAVE = "[[leave]]"  # becomes the address of the recipient that ends it


def draft_of(newsletter: Newsletter) -> Draft:
    """Subject, text part, HTML part and the headers of RFC 2369 and RFC 8058."""
    return compose(
        "newsletter",
        to="",
        reply_to=current_app.config["CONTACT_ADDRESS"],
        token_purpose=emails.UNSUBSCRIBE,
        headers=_headers(),
        subject=plain(newsletter.subject),
        preheader=plain(newsletter.preheader),
        parts=parts_of(newsletter.blocks),
        unsubscribe_link=emails.merged_unsubscribe_link(),
        preferences_link=emails.merged_preferences_link(),
        web_link=absolute("newsletters.show", number=newsletter.number),
    )


def _headers() -> dict[str, str]:
    contact, leave = current_app.config["CONTACT_ADDRESS"], emails.merged_unsubscribe_link()
    return {
        "List-Unsubscribe": f"<{leave}>, <mailto:{_leave_address()}?subject=afmelden>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Subscribe": f"<{absolute('subscribers.subscribe')}>",
        "List-Help": f"<mailto:{contact}>",
        "List-Owner": f"<mailto:{contact}>",
        "List-Post": "NO",
        "List-Archive": f"<{absolute('newsletters.archive')}>",
    }


def _leave_address() -> str:
    """Where a mail of each recipient's own ends the newsletter; where no mail comes in, a person reads it."""
    config = current_app.config
    return LEAVE if config["MAIL_BOUNCE_DOMAIN"] else str(config["CONTACT_ADDRESS"])
