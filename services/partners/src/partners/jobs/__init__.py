"""What partners does by the clock: the webhook lanes and their sweeper, challenges, house-keeping, imports."""
