"""Phase moves: an engagement goes on, or back with a reason, through the gates that stand before each phase."""
