"""Contrast as WCAG 2.2 defines it, found in the styles as a mail programme applies them."""

import pytest
from tinycss2 import color4

from tests.support.contrast import contrast, faint_texts, own_text, shown, text_of, tree_of

FAINT = "#8a8a8a"  # 3.45 : 1 on white


def colour(text: str):
    return tuple(color4.parse_color(text).to("srgb").coordinates)


def faint(html: str, *, is_dark: bool = False) -> list[str]:
    return [text for text, _look in faint_texts(tree_of(html), is_dark=is_dark)]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#000000", 15.30),
    ],
)
def test_the_ratio_is_that_of_the_standard_whichever_comes_first(one, other, ratio):
    assert contrast(colour(one), colour(other)) == pytest.approx(ratio, abs=0.005)
    assert contrast(colour(other), colour(one)) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(
    "html",
    [
        f'<p style="color:{FAINT}">woorden</p>',
        f'<div style="color:{FAINT}"><p><em>woorden</em></p></div>',
        f'<style>p {{ color: {FAINT} }}</style><p style="margin:0">woorden</p>',
        f"<style>.x p {{ color: {FAINT} !important }}</style><div class=x><p style='color:#000'>woorden</p></div>",
        f"<style>@media screen {{ p {{ color: {FAINT} }} }}</style><p>woorden</p>",
        '<p style="color:rgba(0,0,0,0.4)">woorden</p>',
        '<table bgcolor="#333333"><tr><td>woorden</td></tr></table>',
        '<div style="background:#333 url(x.png) no-repeat"><p>woorden</p></div>',
        '<div style="background-color:#10567e"><a href="/x">woorden</a></div>',
        '<p style="color:#fff">woorden<img src="x"></p>',
        f'<p style="color:{FAINT};font-size:18px;font-weight:bold">woorden</p>',
        f'<p style="color:{FAINT};font-size:23px">woorden</p>',
        f'<p>eerst<br><span style="color:{FAINT}">woorden',
    ],
)
def test_text_that_does_not_stand_out_is_found(html):
    assert faint(html) == ["woorden"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>woorden</p>",
        '<p style="color:#767676">woorden</p>',
        f'<p style="color:{FAINT}"> \u00a0 <img src="x" alt="y"></p>',
        f'<p style="color:{FAINT};display:none">woorden <b>dieper</b></p>',
        f'<p style="color:{FAINT};visibility:hidden">woorden</p>',
        f'<p style="color:{FAINT};font-size:19px;font-weight:700">woorden</p>',
        f'<h2 style="color:{FAINT};font-size:14pt">woorden</h2>',
        f'<p style="color:{FAINT};font-size:24px">woorden</p>',
        f"<style>p.x {{ color: {FAINT} }}</style><p>woorden</p>",
        '<style>@media print { p { color: #fff } }</style><p style="color:#000">woorden</p>',
        '<div style="background-color:#10567e"><a href="/x" style="color:#ffffff">woorden</a></div>',
        '<div style="background:#000;color:#fff"><p style="background:transparent">woorden</p></div>',
        f"<style>u + .body p {{ color: {FAINT} }} p::marker {{ color: {FAINT} }} @@ broken</style><p>woorden</p>",
        f"<head><title style='color:{FAINT}'>woorden</title></head><body>woorden</body>",
    ],
)
def test_text_that_can_be_read_or_is_not_shown_is_not(html):
    assert faint(html) == []


def test_dark_mode_is_looked_at_by_itself():
    html = """<style>
        p { color: #000 }
        @media (prefers-color-scheme: dark) { body { background: #1d1d1d !important } .ink { color: #fff !important } }
        @media (prefers-color-scheme: light) { .day { color: #ddd } }
        </style><body style="background:#fff"><p>vergeten</p><p class="ink">goed</p><p class="day">overdag"""

    assert faint(html, is_dark=True) == ["vergeten"]
    assert faint(html, is_dark=False) == ["overdag"]


def test_a_pair_of_colours_is_named_once():
    html = f'<p style="color:{FAINT}">een</p><p style="color:{FAINT}">twee</p><p style="color:#999">drie</p>'

    assert faint(html) == ["een", "drie"]


def tags(html: str) -> list[str]:
    return [element.tag for element in shown(tree_of(html))]


def test_what_only_outlook_reads_and_what_is_never_shown_is_left_out():
    html = "<html><head><style>p{}</style></head><body><!--[if mso]><table><tr><td><![endif]--><p>a</p></body></html>"

    assert tags(html) == ["html", "body", "p"]


def test_elements_that_are_never_closed_hold_nothing():
    tree = tree_of("<p>een<br>twee<img src=x>drie</p>vier")

    assert text_of(tree) == "eentweedrievier"
    assert [own_text(element) for element in shown(tree)] == ["vier", "een twee drie", "", ""]


def test_an_end_without_a_beginning_changes_nothing():
    assert tags("</div><p>a</em></p></html><p>b") == ["html", "p", "p"]


def test_an_end_closes_what_was_left_open_in_it():
    tree = tree_of("<div><p>a<b>b</div><i>c</i>")

    assert [element.tag for element in tree] == ["div", "i"]
