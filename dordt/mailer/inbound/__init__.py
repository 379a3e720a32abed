"""What comes back: bounces, complaints, unsubscribes by mail, automatic answers, and what nobody understands."""
