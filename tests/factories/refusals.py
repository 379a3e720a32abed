"""What mail servers say when they refuse, and what that says of the address."""

from dordt.mailer.suppression.bounces import BounceClass

REFUSALS = [
    # code of SMTP, enhanced code, words, class
    (550, "5.1.1", "<weg@b.nl>: Recipient address rejected: User unknown in virtual mailbox table", BounceClass.GONE),
    (550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup", BounceClass.GONE),
    (550, "5.2.1", "The email account that you tried to reach is disabled", BounceClass.GONE),
    (None, "5.4.4", "Host or domain name not found. Name service error: Host not found", BounceClass.GONE),
    (550, "5.4.1", "Recipient address rejected: Access denied. AS(201806281)", BounceClass.GONE),
    (550, "5.5.0", "Requested action not taken: mailbox unavailable (S2017062302)", BounceClass.GONE),
    (550, None, "Unknown user: weg@b.nl", BounceClass.GONE),
    (550, None, "5.1.1 whatever", BounceClass.GONE),
    (550, None, "No such user here", BounceClass.GONE),
    (550, None, "Unrouteable address", BounceClass.GONE),
    (553, None, "sorry, this recipient is not known here", BounceClass.GONE),
    (550, "5.0.0", "Onbekende gebruiker", BounceClass.GONE),
    (550, None, "<spam-policy@relay.nl>: user unknown", BounceClass.GONE),  # what stands in an address proves nothing
    (552, "5.2.2", "Quota exceeded (mailbox for user is full)", BounceClass.TROUBLED),
    (552, None, "too much mail data", BounceClass.TROUBLED),
    (550, "5.1.1", "Mailbox is full / over quota", BounceClass.TROUBLED),
    (450, "4.2.0", "Recipient address rejected: Greylisted", BounceClass.TROUBLED),
    (None, "4.4.1", "connect to mx.b.nl: Connection timed out", BounceClass.TROUBLED),
    (550, "5.7.1", "Unknown user", BounceClass.OURS),
    (421, "4.7.28", "unusual rate of mail", BounceClass.OURS),
    (550, None, "relay not permitted", BounceClass.OURS),
    (550, None, "Relaying denied", BounceClass.OURS),
    (550, "5.1.1", "Relaying denied", BounceClass.OURS),
    (550, "5.1.8", "Sender address rejected: Domain not found", BounceClass.OURS),
    (553, "5.1.7", "The address is not found", BounceClass.OURS),
    (550, None, "Sender verify failed: no such user", BounceClass.OURS),
    (554, None, "Message blocked as spam", BounceClass.OURS),
    (552, "5.3.4", "Message too big for system", BounceClass.OURS),
    (554, "5.6.0", "Body type not supported", BounceClass.OURS),
    (550, "5.2.1", "The user is receiving mail at a rate that prevents more", BounceClass.OURS),
    (503, None, "unknown user", BounceClass.OURS),  # a sequence of commands that is wrong
    (550, None, "No", BounceClass.UNCLEAR),
    (550, None, "from 192.5.1.1: rejected", BounceClass.UNCLEAR),  # no code: part of a number of a machine
    (None, None, "", BounceClass.UNCLEAR),
]
