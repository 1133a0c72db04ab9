"""What is taken into the room or out of it: the papers of a meeting, and the forms that they are written in."""
