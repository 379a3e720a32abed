"""Neighbourhoods (wijken) and topics (thema's); `flask seed` puts them in, no page changes them."""
