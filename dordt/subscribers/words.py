"""How states are called on screen."""

from dordt.subscribers.models import SubscriberState

STATE_WORDS = {
    SubscriberState.UNCONFIRMED: "nog niet bevestigd",
    SubscriberState.CONFIRMED: "krijgt de nieuwsbrief",
    SubscriberState.PAUSED: "gepauzeerd",
    SubscriberState.UNSUBSCRIBED: "afgemeld",
}
