"""Markdown as the text part of a mail."""

import pytest

from dordt.media.markdown import mail_text, wrapped

SITE = "https://dordtaanzet.voorbeeld.nl"

CASES = {
    "paragraphs": ("Beste lezer,\n\nDit is nieuws.", "Beste lezer,\n\nDit is nieuws."),
    "lines of one paragraph": ("een\ntwee", "een twee"),
    "a hard line break": ("een  \ntwee", "een\ntwee"),
    "heading": ("# Groen\n\nTekst.", "Groen\n\nTekst."),
    "emphasis": ("Dit is **heel** *fijn* en `kort`.", "Dit is heel fijn en kort."),
    "link": ("Lees [het plan](https://voorbeeld.nl/plan).", "Lees het plan (https://voorbeeld.nl/plan)."),
    "link of ours": ("[Nieuws](/nieuws/)", f"Nieuws ({SITE}/nieuws/)"),
    "bare address": ("<https://voorbeeld.nl/plan>", "https://voorbeeld.nl/plan"),
    "mail address": ("<wijken@voorbeeld.nl>", "wijken@voorbeeld.nl"),
    "list": ("- een\n- twee\n\nDaarna.", "- een\n- twee\n\nDaarna."),
    "numbers": ("3. drie\n4. vier", "3. drie\n4. vier"),
    "list in a list": ("- een\n  - half\n- twee", "- een\n  - half\n\n- twee"),
    "list with paragraphs": ("1. een\n\n   meer\n2. twee", "1. een\n\n   meer\n\n2. twee"),
    "quote": ("> Zo is het.\n\nJa.", "> Zo is het.\n\nJa."),
    "picture": ("![Een boom](https://elders.nl/boom.jpg)", "Een boom"),
    "HTML": ("<b>Let op</b>", "<b>Let op</b>"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("markdown", "text"), CASES.values(), ids=CASES)
def test_markdown_reads_as_plain_text(markdown, text):
    assert mail_text(markdown, site=SITE) == text


def test_lines_fit_and_addresses_stay_whole():
    address = "https://voorbeeld.nl/" + "lang/" * 30

    lines = mail_text(f"{'woord ' * 40}\n\n- {'punt ' * 40}\n\n[hier]({address})", site=SITE).splitlines()

    assert all(len(line) <= 72 for line in lines if address not in line)
    assert any(address in line for line in lines)
    assert sum(line.startswith("  punt") for line in lines) == 2


def test_plain_text_is_wrapped_line_by_line():
    assert wrapped("een\n" + "twee " * 20).splitlines()[0] == "een"
