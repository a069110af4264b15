"""Who may not sign up for a while: pauses that the no-show rule gives, looked at by every sign-up."""
