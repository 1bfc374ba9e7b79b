"""`make check-site`: every public page of a served site, looked at as readers, machines and browsers meet it."""
