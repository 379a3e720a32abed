"""Markdown as HTML that a mail can hold."""

import pytest

from dordt.media.markdown import mail_html

SITE = "https://dordtaanzet.voorbeeld.nl"
OURS = "/media/0123456789abcdef0123456789abcdef/park-1440x960.jpg"


def test_pages_of_ours_are_named_in_full():
    assert f'<a href="{SITE}/nieuws/">nieuws</a>' in mail_html("Lees het [nieuws](/nieuws/).", site=SITE)


def test_headings_start_below_the_subject():
    html = mail_html("# Groen\n\n## Park", site=SITE)

    assert "<h2 style=" in html
    assert "<h3 style=" in html
    assert "<h1" not in html


def test_a_picture_of_ours_has_its_full_address_its_text_and_a_width_that_fits():
    html = mail_html(f"![Een boom]({OURS})", site=SITE)

    assert f'src="{SITE}{OURS}"' in html
    assert 'alt="Een boom"' in html
    assert 'width="528"' in html


def test_of_a_picture_elsewhere_the_text_remains():
    html = mail_html("![Een boom](https://elders.nl/pixel.gif)", site=SITE)

    assert "<img" not in html
    assert "elders" not in html
    assert "Een boom" in html


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klik](javascript:alert(1))",
        "[klik](data:text/html,x)",
        '<a href="/x" style="position:fixed">x</a>',
        "[a](#top)",
    ],
)
def test_what_a_mail_should_not_hold_is_left_out(bad):
    html = mail_html(bad, site=SITE)

    for piece in ("<script", "<img", 'href="javascript', 'href="data', '<a href="/x"', 'href="#'):
        assert piece not in html
