"""Calls for returns 报送催办: the call after a quarter's end, reminders by working day, the late list."""
