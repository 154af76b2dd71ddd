"""Long work with progress that can be left, found again and cancelled; timers; the one worker."""
