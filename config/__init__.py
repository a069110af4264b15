"""The composition root: settings, app factory, job timetable, command line, policy and city data. Nobody imports it."""
