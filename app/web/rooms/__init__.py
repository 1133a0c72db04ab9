"""The room of a meeting: chair, note-taker, wall, everybody at the table; and what the meeting found."""
