"""Each kind of block in the mail, also when something in it is empty or gone."""

import re
from html import unescape

import pytest

from dordt.extensions import db
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.content.rendering import draft_of, web_blocks
from dordt.shared import clock
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.whole_newsletter import make_whole_newsletter
from tests.factories.workgroups import make_workgroup

SITE = "http://127.0.0.1:8000"
LARGEST = 90_000  # octets; Gmail cuts a mail off at about 102,000
UNMERGED = ["[[token]]", r"[\[token]]", "&#91;[token]]", "[**[token]]**", "[\x0b[token]]", "[<!-- -->[token]]"]


def levels(html: str) -> list[int]:
    return [int(level) for level in re.findall(r"<h([1-6])\b", html)]


def test_each_kind_shows_what_it_is_for(app):
    html = draft_of(make_whole_newsletter()).html.replace("<br />", "<br>")

    for shown in (
        "honderdtwaalf bewoners",
        f'<a href="{SITE}/nieuws/het-park-is-klaar/" style="color:#10567e;text-decoration:none">Van grasveld tot park',
        'alt="Bewoners zitten op banken onder jonge bomen"',
        "<br>dinsdag 9 maart 2027<br>19.30 tot 21.30 uur<br>Het Energiehuis, Noordendijk 148",
        f'href="{SITE}/werkgroepen/haven/"',
        "En hij staat er echt.",
        "getekend door groep 6",
        f'<a href="{SITE}/contact/"',
        "Wat deden wij met uw inbreng?",
        "<strong>twaalf lampen</strong>",
        "Zaterdag 13 maart</h3>",
    ):
        assert shown in html


def test_the_way_out_the_preferences_and_the_page_stand_under_it(app):
    html = draft_of(make_whole_newsletter(), 12).html

    for path in ("afmelden/[[token]]", "voorkeuren/[[token]]", "12"):
        assert f'href="{SITE}/nieuwsbrief/{path}/"' in html


def test_it_has_one_h1_and_no_heading_skips_a_step(app):
    deep = BlockContent(BlockKind.TEXT, text="# Een\n\n### Drie\n\n###### Zes\n\n# Weer een")
    found = levels(draft_of(make_newsletter(intro="## Hier\n\n#### Daar", blocks=[deep])).html)

    assert found.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(found, found[1:], strict=False))
    assert levels(draft_of(make_whole_newsletter()).html) == [1, 2, 2, 2, 2, 2, 3, 3]


def test_it_is_small_even_with_eighty_blocks(app):
    kinds = [BlockContent(kind, title="Een titel", text="Een zin. " * 40, url="/contact/") for kind in BlockKind]

    assert len(draft_of(make_newsletter(blocks=kinds * 10)).html.encode()) < LARGEST


@pytest.mark.parametrize("kind", BlockKind)
def test_a_block_in_which_all_is_empty_leaves_the_rest_whole(app, kind):
    draft = draft_of(make_newsletter(intro="", blocks=[BlockContent(kind)]))

    assert "team Dordt aan Zet" in draft.html
    assert 'href=""' not in draft.html
    assert not draft.text.startswith("-")


def test_of_an_article_or_a_group_that_is_gone_the_words_remain(app):
    article, group = make_article(slug="weg"), make_workgroup(slug="weg")
    blocks = [
        BlockContent(BlockKind.ARTICLE, title="Dit bericht", article=article.slug),
        BlockContent(BlockKind.WORKGROUP, title="Deze groep", workgroup=group.slug),
    ]
    newsletter = make_newsletter(blocks=blocks)
    for gone in (article, group):
        db.session.delete(gone)
    db.session.commit()
    db.session.expire_all()

    draft = draft_of(newsletter)

    for told in (draft.html, draft.text):
        assert "Dit bericht" in told
        assert "Deze groep" in told
        assert "/weg/" not in told


@pytest.mark.parametrize("kind", BlockKind)
@pytest.mark.parametrize("typed", UNMERGED)
def test_no_way_of_typing_makes_a_merge_field(app, kind, typed):
    block = BlockContent(kind, title=typed, text=typed, url=f"https://voorbeeld.nl/{typed}", alt=typed)

    draft = draft_of(make_newsletter(intro=typed, blocks=[block], subject=typed, preheader=typed))

    assert (draft.html.count("[[token]]"), draft.text.count("[[token]]")) == (2, 2)  # preferences, and the way out
    assert "[[" not in draft.subject


@pytest.mark.parametrize(
    ("written", "shown"),
    [("Wat mooi!", "‘Wat mooi!’"), ("“Wat mooi!”", "“Wat mooi!”"), ("'t Is mooi", "‘'t Is mooi’")],
    ids=["without", "with marks", "apostrophe"],
)
def test_a_quote_has_its_marks_in_the_mail_and_on_the_page(client, written: str, shown: str):
    newsletter = make_newsletter(blocks=[BlockContent(BlockKind.QUOTE, text=written, title="Sam")])
    draft = draft_of(newsletter)

    (block,) = [each for each in web_blocks(newsletter, at=clock.now()) if each.kind is BlockKind.QUOTE]

    assert block.text == shown
    assert shown in draft.text
    assert shown in unescape(draft.html)
