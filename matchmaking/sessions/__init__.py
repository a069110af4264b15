"""The weekly session: who comes, who meets whom and when, and the paper that proves it."""
