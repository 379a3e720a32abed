"""Whatever is typed into a newsletter, no strict receiver objects to its bytes, and nobody steers them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dordt.mailer.models import Mail, MailKind
from dordt.mailer.smtp import rendering
from dordt.media.models import MediaFile
from dordt.news.models import Article
from dordt.newsletters.content.block_kinds import BlockKind
from dordt.newsletters.content.rendering import draft_of
from dordt.newsletters.models import Newsletter, NewsletterBlock
from dordt.shared.mail import Draft
from dordt.workgroups.models import Meeting, Workgroup
from tests.factories.mailer import WRITTEN_AT
from tests.support.raw_lint import problems

HOST = "127.0.0.1"  # of SITE_URL in the tests
OWN_TOKEN = "eyJyIjo3fQ.aaaa"  # noqa: S105  (stands where a real one would)
FROM_NOBODY = "\ufffd\0"  # forms refuse these
SNARES = (
    *("[[token]]", "[[leave]]", "[\\[token]]", "&#91;[token]]", "[[", "[", "{{ config }}", "{% raw %}", "<%= 1 %>"),
    *("</mj-text>", "<mj-raw>", "<mj-include path='/etc/passwd'/>", "<!--", "-->", "]]>", "<![CDATA[", "<!DOCTYPE"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "&lt;b&gt;", "&", '"', "'"),
    *("\r\nBcc: allen@voorbeeld.nl\r\n", "\n.\n", "\nFrom hier", "=?utf-8?q?=41?=", "=0D=0A", " \n\n ", "W" * 200),
    *(
        "# kop",
        "> citaat",
        "- punt",
        "1. punt",
        "![x](/x.png)",
        "[x](https://a.nl/'\">)",
        "```",
        "***",
        "<https://a.nl>",
    ),
)
characters = some.characters(exclude_categories=["Cs"], exclude_characters=FROM_NOBODY)
words = some.lists(some.sampled_from(SNARES) | some.text(characters, max_size=20), max_size=6).map("".join)
pictures = some.builds(
    MediaFile, key=some.just("a" * 32), filename=some.just("x-9x9.jpg"), width=some.just(9), height=some.just(9)
)
meetings = some.builds(
    Meeting,
    title=words,
    location=words,
    starts_at=some.just(WRITTEN_AT),
    ends_at=some.just(WRITTEN_AT + timedelta(hours=2)),
)
blocks = some.builds(
    NewsletterBlock,
    kind=some.sampled_from(list(BlockKind)),
    title=words,
    text=words,
    url=words,
    alt=words,
    is_decorative=some.booleans(),
    article=some.builds(Article, slug=some.just("bericht")) | some.none(),
    workgroup=some.builds(Workgroup, slug=some.just("groep")) | some.none(),
    meeting=meetings | some.none(),
    media=pictures | some.none(),
)


def encoded(draft: Draft) -> bytes:
    """The bytes as they would leave, for one reader."""
    values = {"reply_to": draft.reply_to, "headers": draft.headers, "list_id": "nieuwsbrief", "created_at": WRITTEN_AT}
    values |= {"subject": draft.subject, "text": draft.text, "html": draft.html}
    mail = Mail(id=7, kind=MailKind.NEWSLETTER, sender="Dordt aan Zet <wijken@dordrecht.nl>", **values)
    name = rendering.message_id(mail_id=7, recipient=1, created_at=WRITTEN_AT, host=HOST)
    own = rendering.own_headers(to="anna@voorbeeld.nl", message_id=name, at=WRITTEN_AT)
    return rendering.encode(mail, host=HOST).for_recipient(own, OWN_TOKEN)


def body(raw: bytes, kind: str) -> str:
    part = message_from_bytes(raw, policy=policy.default).get_body((kind,))
    return part.get_payload(decode=True).decode()


def dangers(html: str) -> Iterator[str]:
    """What a browser could run, or load from elsewhere."""
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if element.tag in {"script", "iframe", "object", "embed", "form", "link", "base"}:
            yield str(element.tag)
        yield from (name for name in element.attrib if str(name).startswith("on"))
        target = element.get("href") or element.get("src") or ""
        if target and not target.startswith(("https://", "http://", "mailto:", "tel:")):
            yield target
        if element.get("src") and not element.get("src", "").startswith(f"http://{HOST}:8000/"):
            yield str(element.get("src"))


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(some.lists(blocks, max_size=5), words, words)
def test_nothing_that_is_typed_breaks_a_message_or_steers_it(sqlite_app: Flask, written, subject: str, preheader: str):
    newsletter = Newsletter(number=7, subject=subject, preheader=preheader, blocks=written)
    plain = encoded(draft_of(Newsletter(number=7, subject="x", preheader="", blocks=[])))

    raw = encoded(draft_of(newsletter))

    assert problems(raw, host=HOST, is_bulk=True) == []
    for kind in ("plain", "html"):  # a token of the reader stands where we put it, and nowhere else
        assert body(raw, kind).count(OWN_TOKEN) == body(plain, kind).count(OWN_TOKEN)
    assert list(dangers(body(raw, "html"))) == []
    assert re.findall(rb"(?im)^(bcc|cc|to):", raw.partition(b"\r\n\r\n")[0]) == [b"To"]


@pytest.fixture
def sqlite_app(sqlite_installation) -> Flask:
    with sqlite_installation.app.app_context():
        yield sqlite_installation.app
