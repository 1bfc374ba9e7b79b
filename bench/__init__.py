"""Measures speed. Figures are compared inside one run only: machines and their moods differ."""
