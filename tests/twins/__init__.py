"""Local twins: a small real server for everything outside. Tests run on the twin, not on mocks."""
