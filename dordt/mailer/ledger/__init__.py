"""What must go and what became of it: putting mail in, leasing what is due, writing down what the relay said."""
