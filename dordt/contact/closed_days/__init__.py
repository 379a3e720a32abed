"""Days on which the gemeente does not work, as the administrator keeps them."""
