"""What a data center is and what may happen in it."""
