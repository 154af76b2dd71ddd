"""The shell that every area's pages stand in. Knows no area."""
