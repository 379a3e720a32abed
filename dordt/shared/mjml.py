"""MJML as the HTML of a mail: one column that also Outlook for Windows lays out."""

import mrml

OPTIONS = mrml.RenderOptions(fonts={})  # no font from elsewhere: a mail asks no other host for anything


def to_html(text: str) -> str:
    """The whole page. Raises OSError when `text` is no MJML."""
    page: str = mrml.to_html(text, render_options=OPTIONS).content
    return page
