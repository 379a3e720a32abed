"""Asking for the newsletter, choosing what it is about, moving it to another address, leaving."""

from dordt.subscribers.services.data_export import PersonalData, personal_data_of
from dordt.subscribers.services.leaving import (
    find_by_unsubscribe_token,
    give_reason,
    may_give_reason,
    unsubscribe,
    unsubscribe_by_mail,
    unsubscribe_for,
)
from dordt.subscribers.services.preferences import (
    ask_new_address,
    change_choices,
    confirm_new_address,
    end_pauses,
    erase_changes,
    find_by_new_address_token,
    find_by_preferences_token,
    pause,
    pause_choices,
    resume,
    waiting_address_of,
)
from dordt.subscribers.services.subscribing import (
    FORM_PAGE,
    SubscriptionRequest,
    confirm_subscription,
    counts,
    erase_unconfirmed,
    find_by_confirm_token,
    lock_list,
    request_subscription,
)

__all__ = [
    "FORM_PAGE",
    "PersonalData",
    "SubscriptionRequest",
    "ask_new_address",
    "change_choices",
    "confirm_new_address",
    "confirm_subscription",
    "counts",
    "end_pauses",
    "erase_changes",
    "erase_unconfirmed",
    "find_by_confirm_token",
    "find_by_new_address_token",
    "find_by_preferences_token",
    "find_by_unsubscribe_token",
    "give_reason",
    "personal_data_of",
    "lock_list",
    "may_give_reason",
    "pause",
    "pause_choices",
    "request_subscription",
    "resume",
    "unsubscribe",
    "unsubscribe_by_mail",
    "unsubscribe_for",
    "waiting_address_of",
]
