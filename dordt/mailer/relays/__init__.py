"""Where mail leaves: which relays there are, how fast they may be sent to, and when they are not used."""
