"""Double-entry accounts, balanced postings and statements."""
