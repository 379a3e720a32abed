"""What runs: the process, the loop that delivers what is due, background jobs of the domains, and what wakes them."""
