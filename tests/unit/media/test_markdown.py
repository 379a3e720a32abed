"""What becomes of the text that an editor writes."""

import pytest

from dordt.media.markdown import page_html

KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Een\n\n## Twee", "<h2>Een</h2>\n<h3>Twee</h3>"),
        ("## Een\n\n### Twee", "<h2>Een</h2>\n<h3>Twee</h3>"),
        ("### Een", "<h2>Een</h2>"),
        ("## Een\n\n##### Twee", "<h2>Een</h2>\n<h3>Twee</h3>"),
    ],
    ids=["from h1", "from h2", "from h3", "a level skipped"],
)
def test_headings_start_at_h2_and_skip_no_level(text: str, expected: str):
    assert page_html(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klik](javascript:alert(1))",
        "[klik](data:text/html;base64,AAAA)",
        '![x](/media/x.png "onload=alert(1)")',
        "<style>p{}</style>",
        '[a](https://x.nl "\\" onmouseover=alert(1)")',
    ],
)
def test_nothing_that_runs_gets_through(text: str):
    html = page_html(text)

    assert not any(f"<{tag}" in html for tag in ("script", "style", "img"))
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert " onmouseover=" not in html.replace("&quot; onmouseover=", "")


def test_a_link_to_another_site_says_so_and_one_of_our_own_does_not():
    html = page_html(
        "[ver](https://voorbeeld.nl/a) [dichtbij](/contact/) [ook](https://dordt.nl/x)", site="https://dordt.nl"
    )

    assert (
        '<a href="https://voorbeeld.nl/a" rel="noopener">ver<span class="visually-hidden"> (andere website)</span></a>'
        in html
    )
    assert '<a href="/contact/">dichtbij</a>' in html
    assert '<a href="https://dordt.nl/x">ook</a>' in html


def test_an_address_that_cannot_be_read_is_no_failure():
    assert "klik" in page_html("[klik](http://[kapot)")


def test_a_picture_alone_is_a_figure_with_room_kept_free_and_its_title_as_caption():
    html = page_html(f'![Een *boom*](/media/{KEY}/boom-1200x800.jpg "In de herfst")')

    assert html.startswith('<figure class="figure figure--free"><img ')
    assert 'alt="Een boom" width="1200" height="800" loading="lazy"' in html
    assert f"/media/{KEY}/480.webp 480w, /media/{KEY}/960.webp 960w, /media/{KEY}/1200.webp 1200w" in html
    assert "<figcaption>In de herfst</figcaption></figure>" in html


def test_of_a_picture_from_elsewhere_only_the_words_remain():
    assert page_html("Kijk: ![een boom](https://voorbeeld.nl/boom.jpg)") == "<p>Kijk: een boom</p>"


def test_a_table_can_be_moved_sideways_and_has_headings():
    html = page_html("|Wijk|Aantal|\n|-|-:|\n|Reeland|3|")

    assert html.startswith(
        '<div class="table-frame" tabindex="0" role="region" aria-label="Tabel 1"><table class="table">'
    )
    assert '<th scope="col">Wijk</th>' in html
    assert '<td class="number">3</td>' in html
    assert "style" not in html


def test_quotes_lists_and_emphasis_stand():
    html = page_html("> Fijn park\n\n- een\n- twee\n\n3. drie\n\n**vet** en *schuin*")

    for part in ("<blockquote>", "<ul>", '<ol start="3">', "<strong>vet</strong>", "<em>schuin</em>"):
        assert part in html
