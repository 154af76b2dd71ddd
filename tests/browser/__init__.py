"""What a person sees in a real browser, on the running demo site."""
