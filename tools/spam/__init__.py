"""What a spam filter thinks of every mail that we send: `python -m tools.spam`."""
