"""Taking messages in, and what staff do with them."""

from dordt.contact.services.handling import add_note, answer_message, assign_message, can_take, change_status
from dordt.contact.services.sending import (
    KEEP_INFORMED_TEXT,
    Receipt,
    Wish,
    add_to_message,
    find_by_token,
    send_message,
)

__all__ = [
    "KEEP_INFORMED_TEXT",
    "Receipt",
    "Wish",
    "add_note",
    "add_to_message",
    "answer_message",
    "assign_message",
    "can_take",
    "change_status",
    "find_by_token",
    "send_message",
]
