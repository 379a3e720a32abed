"""The forms of a page, as a browser would send them."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import html5lib

TEXT_KINDS = {"text", "email", "tel", "search"}


@dataclass
class PostingForm:
    """A form that posts: where to, what stands in it (the first choice of each list), and which fields take text."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # kind by name, without the trap
    has_trap: bool = False

    def filled(self, **others: str) -> dict[str, str]:
        """All of it, with a text in each field that takes one."""
        return self.values | {name: written(name, kind) for name, kind in self.texts.items()} | others


def written(name: str, kind: str) -> str:
    """What the test typed."""
    return {"email": "getypt@voorbeeld.nl", "tel": "078 123 4567"}.get(kind, f"Getypt in {name}")


def forms_of(html: str, path: str) -> list[PostingForm]:
    """The forms of a page that post, one more for each button that leads elsewhere; those of one button alone have no
    `texts`."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    by_id = {each.get("id"): each for each in tree.iter("form")}
    outside = [each for each in _controls(tree) if each.get("form")]
    found = []
    for each in tree.iter("form"):
        if (each.get("method") or "").lower() == "post":
            form = PostingForm(each.get("action") or path)
            own = [control for control in _controls(each) if not control.get("form")]
            for control in [*own, *(other for other in outside if by_id.get(other.get("form")) is each)]:
                _read(form, control)
            found += [form, *(_pressed(form, button) for button in _buttons(each))]
    return found


def _buttons(form: Any) -> list[Any]:
    """Those that send the form elsewhere."""
    return [each for each in form.iter("button") if each.get("formaction")]


def _pressed(form: PostingForm, button: Any) -> PostingForm:
    pressed = deepcopy(form)
    pressed.has_trap = False  # that of the form itself: a step beside it looks at no field
    pressed.action = button.get("formaction").partition("#")[0]
    if button.get("name"):
        pressed.values[button.get("name")] = button.get("value") or ""
    return pressed


def _controls(element: Any) -> list[Any]:
    return [each for each in element.iter() if each.tag in {"input", "textarea", "select"}]


def _read(form: PostingForm, control: Any) -> None:
    name, kind = control.get("name"), control.get("type", "text") if control.tag == "input" else control.tag
    if not name or "disabled" in control.attrib:
        return
    if name == "website":
        form.has_trap = True
    elif kind in TEXT_KINDS or kind == "textarea":
        form.texts[name] = kind
    elif kind == "select":
        chosen = [option.get("value") or "" for option in control.iter("option")]
        form.values.setdefault(name, next(filter(None, chosen), ""))
    elif kind not in {"file", "submit", "password", "checkbox", "radio"} or "checked" in control.attrib:
        form.values.setdefault(name, control.get("value") or "")


def shown_texts(html: str, action: str) -> dict[str, str]:
    """What stands in the fields for text of the form with this action, or with a button that leads there."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    shown: dict[str, str] = {}
    for each in tree.iter("form"):
        if action in {each.get("action"), *(button.get("formaction") for button in _buttons(each))}:
            shown |= {area.get("name"): area.text or "" for area in each.iter("textarea")}
            shown |= {field.get("name"): field.get("value") or "" for field in each.iter("input")}
    return shown
