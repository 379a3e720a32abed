"""The tests: unit, integration on both databases, browser, and the guards of the rules of the code."""
