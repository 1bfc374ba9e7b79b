"""Rounds of real processes that are killed, and an account outside of them of what they promised."""
