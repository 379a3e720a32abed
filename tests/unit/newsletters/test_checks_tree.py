"""HTML of a mail as a tree, whatever is forgotten in it."""

from dordt.newsletters.checks.tree import own_text, shown, text_of, tree_of


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
