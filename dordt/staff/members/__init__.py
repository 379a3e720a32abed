"""Room of /beheer/."""
