"""From a finished draft to the mailer: audience, approval, plans, the freeze."""
