"""Excel, both ways: forms that an office fills in, and what comes back as tables of text."""
