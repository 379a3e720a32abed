"""How mail goes: rendered for one recipient, signed, and handed to a relay over SMTP (RFC 5321, 5322, 6376)."""
