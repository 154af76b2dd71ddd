"""Sites, buildings, floors, rooms and rows."""
