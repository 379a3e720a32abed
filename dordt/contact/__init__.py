"""Messages to the wijkteam: one inbox, no silence."""
