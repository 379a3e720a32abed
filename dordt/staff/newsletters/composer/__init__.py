"""Writing a newsletter block by block, with how it will look beside it."""
