"""What a newsletter says: kinds of blocks, what an editor writes in them, and how a mail and a page show it."""
