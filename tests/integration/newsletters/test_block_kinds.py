"""The registry of block kinds is whole, and what an editor writes in any of them can be read."""

import re
from collections.abc import Sequence
from dataclasses import fields
from xml.etree.ElementTree import Element  # (nothing is parsed as XML)

import pytest
from flask import Flask

from dordt.newsletters.content.block_content import rows_of, tidied
from dordt.newsletters.content.block_kinds import BLOCK_TYPES, TEMPLATES, BlockContent, BlockKind
from dordt.newsletters.content.rendering import draft_of
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.sent import make_sent_newsletter
from tests.factories.workgroups import make_meeting, make_workgroup
from tests.support.contrast import faint_texts, shown, tree_of

COLUMNS = {field.name for field in fields(BlockContent)} - {"kind"}
EACH_KIND = pytest.mark.parametrize("kind", list(BlockKind))
HOSTILE = [
    "#### Vier\n\n# Een\n\n###### Zes\n\ntekst\n\nOnder\n-----\n\n## Twee",
    "- # In een lijst\n- ## Nog een\n\n> ### In een citaat\n>\n> > # Dieper",
    '<p style="color:#fff;background:#fff">wit</p><font color="#eee">grijs</font><h6>zes</h6>',
    "<style>p{color:#fff}</style>\n\n<div class=soft bgcolor=white>tekst</div>\n\n# Kop {style=color:white}",
    '[**vet** `code`](https://dordrecht.nl "<h1>") ![# plaatje](https://x.example/a.png)\n\n    # code',
    "# [](javascript:x) <!-- ## -->\n\n***\n1. ## een\n   #### vier\n\n</td></table><h1>los</h1>",
]


def hostile_blocks(kind: BlockKind) -> list[BlockContent]:
    """A block for each hostile text, with everything filled in and every text that one."""
    group, article, picture = make_workgroup(), make_article(), make_image()
    meeting = make_meeting(group)
    return [
        tidied(
            BlockContent(
                kind,
                title=" ".join(text.split())[:200],
                text=text,
                url="/nieuws/",
                alt=text[:500],
                article=article.slug,
                workgroup=group.slug,
                meeting_id=meeting.id,
                media=picture.key,
            )
        )
        for text in HOSTILE
    ]


def levels(tree: Element) -> list[int]:
    tags = [element.tag for element in shown(tree)]
    return [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]


def skipped(found: Sequence[int]) -> list[tuple[int, int]]:
    return [(above, level) for above, level in zip(found, found[1:], strict=False) if level > above + 1]


def test_each_kind_has_a_class():
    assert list(BLOCK_TYPES) == list(BlockKind)
    assert all(BLOCK_TYPES[kind].kind is kind for kind in BlockKind)


@EACH_KIND
def test_a_kind_has_a_label_and_fields_that_an_editor_understands(kind):
    block_type = BLOCK_TYPES[kind]

    assert block_type.label
    assert block_type.fields
    assert all(field.label for field in block_type.fields)
    assert all("{place}" in field.empty for field in block_type.fields if field.empty)
    assert len({each.label for each in BLOCK_TYPES.values()}) == len(BLOCK_TYPES)


@EACH_KIND
def test_a_kind_has_only_columns_that_a_block_has_and_none_twice(kind):
    columns = BLOCK_TYPES[kind].columns

    assert set(columns) <= COLUMNS
    assert len(set(columns)) == len(columns)


@EACH_KIND
@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_has_a_macro_with_the_name_of_the_kind(app: Flask, kind, template):
    macro = getattr(app.jinja_env.get_template(template).module, kind.value, None)

    assert callable(macro), f"{template} lacks the macro {kind.value}"
    assert macro.arguments[0] == "block"


@EACH_KIND
def test_what_is_not_filled_in_is_named_or_may_be_empty(app, kind):
    block = rows_of([BlockContent(kind)])[0]
    rows = [field for field in BLOCK_TYPES[kind].fields if field.empty]

    assert rows or BLOCK_TYPES[kind].no_picture, "an empty block of this kind would be sent without a word"
    assert all(not getattr(block, field.name) for field in rows)


@EACH_KIND
def test_whatever_is_written_the_mail_stands_out_and_has_its_headings_in_order(app, kind):
    tree = tree_of(draft_of(make_newsletter(intro="", blocks=hostile_blocks(kind))).html)

    assert list(faint_texts(tree, is_dark=False)) == []
    assert list(faint_texts(tree, is_dark=True)) == []
    assert (levels(tree)[0], levels(tree).count(1)) == (1, 1)
    assert skipped(levels(tree)) == []


@EACH_KIND
def test_whatever_is_written_the_page_has_its_headings_in_order(client, kind):
    make_sent_newsletter(intro="", blocks=hostile_blocks(kind))

    found = levels(tree_of(client.get("/nieuwsbrief/1/").text.split("<aside")[0]))
    assert found.count(1) == 1
    assert skipped(found) == []
