"""What people read of a change: its stage, the acts that it offers, and no name that they may not know."""
