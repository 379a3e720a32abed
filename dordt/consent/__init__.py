"""Who agreed to which text, when (AVG article 7)."""
