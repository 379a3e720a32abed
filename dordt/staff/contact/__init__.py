"""Room of /beheer/: the messages of residents."""
