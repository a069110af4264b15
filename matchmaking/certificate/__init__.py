"""The paper that proves a session: everything an outsider needs to recompute it, under salted pseudonyms. Pure."""
