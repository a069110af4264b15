"""Weekly matching sessions: products and requests in, a proven assignment and timetable out."""
