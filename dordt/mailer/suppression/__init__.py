"""Which addresses get no mail: the rule, the list, and what a refusal says about an address."""
