"""How the pictures of the demo content are drawn; not needed when the platform runs."""
